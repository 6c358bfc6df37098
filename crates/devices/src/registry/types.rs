//! What the registry takes and gives.

use std::sync::Arc;

use model::{Connectivity, DeviceId, Phrase, Timestamp, phrase};

use crate::{Credentials, FieldValue, TwinView};

/// Whether a device was ever heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceStatus {
    /// Registered; has not made contact yet.
    Pending,
    /// Has made contact.
    Active,
}

impl DeviceStatus {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewDevice {
    pub name: String,
    /// `generic` when none is given. A profile comes to be with its first device.
    pub profile: Option<String>,
}

/// A device just registered. The only time that its password can be seen.
#[derive(Clone, Debug)]
pub struct Created {
    pub id: DeviceId,
    pub name: Arc<str>,
    pub profile: Arc<str>,
    pub credentials: Credentials,
    pub created_at: Timestamp,
}

/// What to change; None keeps what is there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    pub name: Option<String>,
    /// Future measurements go to the new profile's table; what is stored stays where it is.
    pub profile: Option<String>,
    /// Merged into the desired state (RFC 7396: null removes a key).
    pub desired: Option<serde_json::Value>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Name,
    /// Heard of most recently first.
    LastSeen,
    /// Newest first.
    Created,
    /// Most problems first.
    Problems,
    /// Those that need somebody first: silent, offline, online, never.
    Connectivity,
}

impl Sort {
    /// # Errors
    /// The names that there are.
    pub fn parse(text: &str) -> Result<Self, Phrase> {
        match text {
            "name" => Ok(Self::Name),
            "last_seen" => Ok(Self::LastSeen),
            "created" => Ok(Self::Created),
            "problems" => Ok(Self::Problems),
            "connectivity" => Ok(Self::Connectivity),
            other => Err(phrase!(
                "device_order_unknown",
                "{order} is no order: use name, last_seen, created, problems or connectivity",
                order = other,
            )),
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct ListRequest {
    /// In name, id or user name, whatever the case.
    pub search: Option<String>,
    pub status: Option<DeviceStatus>,
    pub connectivity: Option<Connectivity>,
    pub profile: Option<String>,
    pub sort: Sort,
    /// At most 500; 50 when none is given.
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}

/// One line of the fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceItem {
    pub id: DeviceId,
    pub name: Arc<str>,
    pub profile: Arc<str>,
    pub username: Arc<str>,
    pub status: DeviceStatus,
    pub connectivity: Connectivity,
    pub last_seen: Option<Timestamp>,
    /// Recorded problems, all codes together.
    pub problems: u64,
    pub created_at: Timestamp,
    /// The first four of its fields, by name.
    pub values: Vec<FieldValue>,
}

/// Of the whole tenant, whatever the filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub total: u64,
    /// Never heard of.
    pub pending: u64,
    pub online: u64,
    pub silent: u64,
    pub offline: u64,
    /// Devices with at least one recorded problem.
    pub with_problems: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct DevicePage {
    pub items: Vec<DeviceItem>,
    pub next_cursor: Option<String>,
    pub counts: Counts,
}

/// Everything about one device.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceDetail {
    pub item: DeviceItem,
    pub twin: TwinView,
    /// What people want it to be; a JSON object.
    pub desired: serde_json::Value,
    /// Rises with every change of `desired`.
    pub desired_version: u64,
}
