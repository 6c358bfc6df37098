//! The fleet: search, filters, order and pages over registry and twins together, all in memory.

use std::collections::HashMap;
use std::ops::Bound;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{Connectivity, DeviceId, Permission, Scope};
use serde::{Deserialize, Serialize};
use store::StoreError;

use super::{Counts, DevicePage, DeviceStatus, ListRequest, Sort};
use crate::directory::{Entry, TenantPart};
use crate::{DeviceError, Devices};

const DEFAULT_LIMIT: usize = 50;
const MOST: usize = 500;

/// Where a device stands in an order: first by rank, then by name, then by id. The cursor of a page is its last one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Place(i64, Arc<str>, DeviceId);

/// What lists need of a twin.
#[derive(Clone, Copy)]
struct Glance {
    connectivity: Connectivity,
    contacted: bool,
    last_seen: i64,
    problems: u64,
}

const UNHEARD: Glance =
    Glance { connectivity: Connectivity::Never, contacted: false, last_seen: i64::MIN, problems: 0 };

impl Devices {
    /// One page of the tenant's devices, and counts of all of them.
    ///
    /// # Errors
    /// The role does not allow it, or the cursor is not one of ours.
    pub async fn list(&self, scope: &Scope, request: ListRequest) -> Result<DevicePage, DeviceError> {
        scope.require(Permission::ReadAll)?;
        let limit = request
            .limit
            .and_then(|limit| usize::try_from(limit).ok())
            .unwrap_or(DEFAULT_LIMIT)
            .clamp(1, MOST);
        let after = request.cursor.as_deref().map(decode).transpose()?;
        let glances = self.glances(scope);
        let part = self.inner.directory.tenant(scope.tenant());
        let part = part.read();
        let filter = Filter::new(&request);
        let glance = |id: &DeviceId| glances.get(id).copied().unwrap_or(UNHEARD);
        let mut chosen: Vec<(Place, Arc<Entry>)> = if request.sort == Sort::Name {
            by_name(&part, after.as_ref())
                .filter(|entry| filter.takes(entry, &glance(&entry.id)))
                .take(limit + 1)
                .map(|entry| (Place(0, entry.folded.clone(), entry.id), entry.clone()))
                .collect()
        } else {
            let mut places: Vec<_> = part
                .devices
                .values()
                .filter(|entry| filter.takes(entry, &glance(&entry.id)))
                .map(|entry| {
                    let rank = rank(request.sort, entry, &glance(&entry.id));
                    (Place(rank, entry.folded.clone(), entry.id), entry.clone())
                })
                .filter(|(place, _)| after.as_ref().is_none_or(|after| place > after))
                .collect();
            if places.len() > limit + 1 {
                places.select_nth_unstable_by(limit, |(one, _), (two, _)| one.cmp(two));
                places.truncate(limit + 1);
            }
            places.sort_unstable_by(|(one, _), (two, _)| one.cmp(two));
            places
        };
        let more = chosen.len() > limit;
        chosen.truncate(limit);
        let counts = counts(&part, &glances);
        drop(part);
        let next_cursor = chosen.last().filter(|_| more).map(|(place, _)| encode(place)).transpose()?;
        let items = chosen.iter().map(|(_, entry)| self.item(entry)).collect();
        Ok(DevicePage { items, next_cursor, counts })
    }

    /// Counts of all of the tenant's devices.
    ///
    /// # Errors
    /// The role does not allow it.
    pub fn counts(&self, scope: &Scope) -> Result<Counts, DeviceError> {
        scope.require(Permission::ReadAll)?;
        let glances = self.glances(scope);
        let part = self.inner.directory.tenant(scope.tenant());
        let part = part.read();
        Ok(counts(&part, &glances))
    }

    fn glances(&self, scope: &Scope) -> HashMap<DeviceId, Glance> {
        let mut glances = HashMap::new();
        self.inner.twins.each(scope, |device, twin| {
            let glance = Glance {
                connectivity: twin.connectivity,
                contacted: twin.contacted,
                last_seen: twin.last_seen.map_or(i64::MIN, |at| at.as_micros()),
                problems: twin.problem_count(),
            };
            glances.insert(device, glance);
        });
        glances
    }
}

fn by_name<'a>(part: &'a TenantPart, after: Option<&Place>) -> impl Iterator<Item = &'a Arc<Entry>> {
    let from = match after {
        Some(Place(_, name, id)) => Bound::Excluded((name.clone(), *id)),
        None => Bound::Unbounded,
    };
    part.by_name.range((from, Bound::Unbounded)).filter_map(|(_, id)| part.devices.get(id))
}

/// Lower comes first.
fn rank(sort: Sort, entry: &Entry, glance: &Glance) -> i64 {
    match sort {
        Sort::Name => 0,
        Sort::LastSeen => glance.last_seen.saturating_neg(),
        Sort::Created => entry.created_at.as_micros().saturating_neg(),
        Sort::Problems => i64::try_from(glance.problems).unwrap_or(i64::MAX).saturating_neg(),
        Sort::Connectivity => match glance.connectivity {
            Connectivity::Silent => 0,
            Connectivity::Offline => 1,
            Connectivity::Online => 2,
            Connectivity::Never => 3,
        },
    }
}

struct Filter<'a> {
    search: Option<String>,
    request: &'a ListRequest,
}

impl<'a> Filter<'a> {
    fn new(request: &'a ListRequest) -> Self {
        let search =
            request.search.as_deref().map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
        Self { search, request }
    }

    fn takes(&self, entry: &Entry, glance: &Glance) -> bool {
        let active = entry.active || glance.contacted;
        self.request.status.is_none_or(|status| (status == DeviceStatus::Active) == active)
            && self.request.connectivity.is_none_or(|connectivity| connectivity == glance.connectivity)
            && self.request.profile.as_deref().is_none_or(|profile| *profile == *entry.profile)
            && self.search.as_deref().is_none_or(|text| {
                entry.folded.contains(text)
                    || entry.username.to_lowercase().contains(text)
                    || entry.id.to_string().contains(text)
            })
    }
}

fn counts(part: &TenantPart, glances: &HashMap<DeviceId, Glance>) -> Counts {
    let mut counts = Counts { total: part.devices.len() as u64, ..Counts::default() };
    for entry in part.devices.values() {
        let glance = glances.get(&entry.id).copied().unwrap_or(UNHEARD);
        match glance.connectivity {
            Connectivity::Online => counts.online += 1,
            Connectivity::Silent => counts.silent += 1,
            Connectivity::Offline => counts.offline += 1,
            Connectivity::Never => {}
        }
        counts.pending += u64::from(!entry.active && !glance.contacted);
        counts.with_problems += u64::from(glance.problems > 0);
    }
    counts
}

fn encode(place: &Place) -> Result<String, DeviceError> {
    let json =
        serde_json::to_vec(place).map_err(|error| StoreError::Internal { detail: error.to_string() })?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

fn decode(cursor: &str) -> Result<Place, DeviceError> {
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|json| serde_json::from_slice(&json).ok())
        .ok_or(DeviceError::Store(StoreError::BadCursor))
}
