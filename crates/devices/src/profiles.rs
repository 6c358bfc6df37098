//! Profiles: devices of one kind. A profile's slug names their table in the lake.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Permission, Scope};

use crate::{DeviceError, Devices};

/// The profile of a device for which none was named.
pub(crate) const GENERIC: &str = "generic";

/// Tables that the lake has for itself, and words that would read as something else in SQL.
const RESERVED: [&str; 12] = [
    "events", "devices", "profiles", "findings", "incidents", "problems", "select", "from", "where", "table",
    "information_schema", "system",
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
            "a profile names a table: 1 to 63 lower-case letters, digits, _ and -, beginning with a letter \
             (such as thermostat or door_lock)",
        ));
    }
    if RESERVED.contains(&slug) {
        return Err(DeviceError::invalid(
            "profile",
            format!("{slug} is reserved; name the profile after what the devices are, such as {slug}_sensor"),
        ));
    }
    Ok(())
}
