//! Finds values whose kind is not the one that their field has had so far.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use model::{FieldKind, Phrase, TenantId, phrase};
use parking_lot::{Mutex, RwLock};

use crate::kinds::FieldKinds;
use crate::payload::Reading;

/// As many fields as a table of the lake has columns for; what comes after them has no kind.
const MOST_FIELDS: usize = 1_000;

/// The kinds of one profile's fields, as far as they were asked for.
#[derive(Default)]
pub(crate) struct ProfileKinds {
    fields: RwLock<HashMap<String, FieldKind>>,
}

pub(crate) struct Conflict {
    pub field: String,
    pub has: FieldKind,
    pub came: FieldKind,
}

type ByProfile = HashMap<(TenantId, Arc<str>), Arc<ProfileKinds>>;

/// The kinds of all profiles that send.
pub(crate) struct KnownKinds {
    source: Arc<dyn FieldKinds>,
    profiles: Mutex<ByProfile>,
}

impl KnownKinds {
    pub fn new(source: Arc<dyn FieldKinds>) -> Self {
        Self { source, profiles: Mutex::default() }
    }

    pub fn profile(&self, tenant: TenantId, profile: &Arc<str>) -> Arc<ProfileKinds> {
        self.profiles.lock().entry((tenant, profile.clone())).or_default().clone()
    }

    /// The values that conflict, each field once. A field that nobody knows yet gets the kind of its first value.
    pub fn conflicts(
        &self,
        tenant: TenantId,
        profile: &str,
        kinds: &ProfileKinds,
        readings: &[Reading],
    ) -> Vec<Conflict> {
        let mut conflicts = Vec::new();
        let mut named = HashSet::new();
        let mut compare = |field, has, came| {
            if has != came && named.insert(field) {
                conflicts.push(Conflict { field: str::to_owned(field), has, came });
            }
        };
        let mut unknown: Vec<(&str, FieldKind)> = Vec::new();
        let known = kinds.fields.read();
        for (field, value) in readings.iter().flat_map(|reading| &reading.values) {
            let came = FieldKind::of(value.view());
            match known.get(field.as_ref()) {
                Some(has) => compare(field.as_ref(), *has, came),
                None => unknown.push((field, came)),
            }
        }
        let room = MOST_FIELDS.saturating_sub(known.len());
        drop(known);
        if !unknown.is_empty() && room > 0 {
            let mut known = kinds.fields.write();
            for (field, came) in unknown.into_iter().take(room) {
                let first = || self.source.kind(tenant, profile, field).unwrap_or(came);
                compare(field, *known.entry(field.to_owned()).or_insert_with(first), came);
            }
        }
        conflicts
    }
}

/// What an operator is told.
pub(crate) fn explain(conflicts: &[Conflict], profile: &str) -> Phrase {
    let shown = conflicts
        .iter()
        .take(3)
        .map(|conflict| {
            let Conflict { field, has, came } = conflict;
            phrase!(
                "type_conflict",
                "{field} is a {has} in the profile {profile}, but came as {came}; it is kept as {column}",
                field = field,
                has = has.phrase(),
                profile = profile,
                came = came.phrase(),
                column = format!("{field}_{}", came.as_str()),
            )
        })
        .collect::<Vec<_>>();
    match conflicts.len().saturating_sub(3) {
        0 => phrase!("type_conflicts", "{conflicts}.", conflicts = shown),
        more => phrase!(
            "more_type_conflicts",
            "{conflicts}. {more} more fields likewise.",
            conflicts = shown,
            more = more,
        ),
    }
}
