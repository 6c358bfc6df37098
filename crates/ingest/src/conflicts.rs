//! Finds values whose kind is not the one that their field has had so far.

use std::collections::HashMap;
use std::sync::Arc;

use model::{Phrase, TenantId, Value, phrase};
use parking_lot::{Mutex, RwLock};

use crate::kinds::{FieldKinds, Kind};
use crate::payload::Reading;

/// As many fields as a table of the lake has columns for; what comes after them has no kind.
const MOST_FIELDS: usize = 1_000;

/// The kinds of one profile's fields, as far as they were asked for.
#[derive(Default)]
pub(crate) struct ProfileKinds {
    fields: RwLock<HashMap<String, Kind>>,
}

pub(crate) struct Conflict {
    pub field: String,
    pub has: Kind,
    pub came: Kind,
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
        let mut conflicts: Vec<Conflict> = Vec::new();
        let mut unknown: Vec<(&str, Kind)> = Vec::new();
        let known = kinds.fields.read();
        for (field, value) in readings.iter().flat_map(|reading| &reading.values) {
            match known.get(field.as_ref()) {
                Some(has) => compare(field, *has, value, &mut conflicts),
                None => unknown.push((field, Kind::of(value))),
            }
        }
        let room = MOST_FIELDS.saturating_sub(known.len());
        drop(known);
        if !unknown.is_empty() && room > 0 {
            let mut known = kinds.fields.write();
            for (field, came) in unknown.into_iter().take(room) {
                let has = *known
                    .entry(field.to_owned())
                    .or_insert_with(|| self.source.kind(tenant, profile, field).unwrap_or(came));
                if has != came && !conflicts.iter().any(|conflict| conflict.field == field) {
                    conflicts.push(Conflict { field: field.to_owned(), has, came });
                }
            }
        }
        conflicts
    }
}

fn compare(field: &str, has: Kind, value: &Value, conflicts: &mut Vec<Conflict>) {
    let came = Kind::of(value);
    if has != came && !conflicts.iter().any(|conflict| conflict.field == field) {
        conflicts.push(Conflict { field: field.to_owned(), has, came });
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
