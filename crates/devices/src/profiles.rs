//! Profiles: devices of one kind. A profile's slug names their table in the lake.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Permission, Scope, phrase};

use crate::{DeviceError, Devices};

/// The profile of a device for which none was named.
pub(crate) const GENERIC: &str = "generic";

/// Tables that the lake has for itself, and words that would read as something else in SQL.
const RESERVED: [&str; 12] = [
    "events",
    "devices",
    "profiles",
    "findings",
    "incidents",
    "problems",
    "select",
    "from",
    "where",
    "table",
    "information_schema",
    "system",
];

/// Devices of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub slug: Arc<str>,
    pub devices: u64,
}

/// Whether a text can be a profile's slug: `[a-z][a-z0-9_-]{0,62}`, and not reserved.
///
/// # Errors
/// What is wrong with it.
pub fn check_slug(slug: &str) -> Result<(), DeviceError> {
    let shape = slug.len() <= 63
        && slug.starts_with(|first: char| first.is_ascii_lowercase())
        && slug.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'));
    if !shape {
        return Err(DeviceError::invalid(
            "profile",
            phrase!(
                "profile_name",
                "a profile names a table: 1 to 63 lower-case letters, digits, _ and -, beginning with a letter (such as thermostat or door_lock)",
            ),
        ));
    }
    if RESERVED.contains(&slug) {
        return Err(DeviceError::invalid(
            "profile",
            phrase!(
                "profile_name_reserved",
                "{name} is reserved; name the profile after what the devices are, such as {name}_sensor",
                name = slug,
            ),
        ));
    }
    Ok(())
}

impl Devices {
    /// All profiles of the tenant by slug, those without a device too: their tables are still there.
    ///
    /// # Errors
    /// The role does not allow it.
    pub async fn profiles(&self, scope: &Scope) -> Result<Vec<Profile>, DeviceError> {
        scope.require(Permission::ReadAll)?;
        let part = self.inner.directory.tenant(scope.tenant());
        let part = part.read();
        let mut devices: BTreeMap<&str, u64> = BTreeMap::new();
        for entry in part.devices.values() {
            *devices.entry(&entry.profile).or_default() += 1;
        }
        let profile = |slug: &Arc<str>| Profile {
            slug: slug.clone(),
            devices: devices.get(slug.as_ref()).copied().unwrap_or(0),
        };
        Ok(part.profiles.iter().map(profile).collect())
    }

    /// The slugs of the tenant's profiles, from memory.
    #[must_use]
    pub fn slugs(&self, scope: &Scope) -> BTreeSet<Arc<str>> {
        self.inner.directory.tenant(scope.tenant()).read().profiles.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_tables() {
        for good in ["generic", "a", "door_lock", "x-1", &"a".repeat(63)] {
            assert!(check_slug(good).is_ok(), "{good}");
        }
        for bad in ["", "1a", "Door", "a b", "é", "events", "select", "a.b", &"a".repeat(64)] {
            assert!(check_slug(bad).is_err(), "{bad}");
        }
    }
}
