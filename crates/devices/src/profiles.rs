//! Profiles: devices of one kind. A profile's slug names their table in the lake.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Permission, Scope, phrase};
use store::{StoreError, profiles};

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

/// Devices of one kind, and the units of their fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub slug: Arc<str>,
    pub devices: u64,
    /// Units by field, where somebody set one.
    pub units: BTreeMap<String, String>,
}

/// A field's unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldUnit {
    pub profile: String,
    pub field: String,
    /// None takes it away.
    pub unit: Option<String>,
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

const LONGEST_UNIT: usize = 16;

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
        let profile = |(slug, units): (&Arc<str>, &BTreeMap<String, String>)| Profile {
            slug: slug.clone(),
            devices: devices.get(slug.as_ref()).copied().unwrap_or(0),
            units: units.clone(),
        };
        Ok(part.profiles.iter().map(profile).collect())
    }

    /// The slugs of the tenant's profiles, from memory.
    #[must_use]
    pub fn slugs(&self, scope: &Scope) -> BTreeSet<Arc<str>> {
        self.inner.directory.tenant(scope.tenant()).read().profiles.keys().cloned().collect()
    }

    /// The unit of a field, from memory.
    #[must_use]
    pub fn unit(&self, scope: &Scope, profile: &str, field: &str) -> Option<String> {
        self.inner.directory.tenant(scope.tenant()).read().profiles.get(profile)?.get(field).cloned()
    }

    /// Sets a field's unit, or takes it away.
    ///
    /// # Errors
    /// The role does not allow it, there is no such profile, or the unit is no unit.
    pub async fn set_unit(&self, scope: &Scope, unit: FieldUnit) -> Result<(), DeviceError> {
        scope.require(Permission::ManageDevices)?;
        let FieldUnit { profile, field, unit } = unit;
        let unit = unit.map(|unit| unit.trim().to_owned()).filter(|unit| !unit.is_empty());
        if unit
            .as_ref()
            .is_some_and(|unit| unit.chars().count() > LONGEST_UNIT || unit.chars().any(char::is_control))
        {
            return Err(DeviceError::invalid(
                "unit",
                phrase!(
                    "unit_too_long",
                    "a unit has at most {most} characters, such as °C",
                    most = LONGEST_UNIT
                ),
            ));
        }
        if field.is_empty() || field.len() > 64 {
            return Err(DeviceError::invalid(
                "field",
                phrase!("field_name_length", "a field's name has 1 to 64 characters"),
            ));
        }
        let part = self.inner.directory.tenant(scope.tenant());
        if !part.read().profiles.contains_key(profile.as_str()) {
            return Err(DeviceError::Store(StoreError::NotFound { what: "profile" }));
        }
        profiles::set_unit(&self.inner.store, scope, &profile, &field, unit.as_deref()).await?;
        if let Some(units) = part.write().profiles.get_mut(profile.as_str()) {
            match unit {
                Some(unit) => units.insert(field, unit),
                None => units.remove(&field),
            };
        }
        Ok(())
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
