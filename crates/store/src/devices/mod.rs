//! Devices: rows of the registry. What they last said is not here, but in their twins.

mod change;
mod create;
mod delete;
mod find;

use std::fmt;

use model::{DeviceId, TenantId, Timestamp};

use crate::{FromRow, Result, Row};

pub use change::{activate, rename, set_desired, set_password_hash, set_profile};
pub use create::create;
pub use delete::{delete, deleted};
pub use find::{DesiredRow, all, desired, find};

#[derive(Clone, PartialEq, Eq)]
pub struct Device {
    pub id: DeviceId,
    pub tenant: TenantId,
    pub name: String,
    pub profile: String,
    pub username: String,
    pub password_hash: String,
    /// Has made contact.
    pub active: bool,
    pub created_at: Timestamp,
}

impl FromRow for Device {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            tenant: row.get("tenant_id")?,
            name: row.get("name")?,
            profile: row.get("profile")?,
            username: row.get("username")?,
            password_hash: row.get("password_hash")?,
            active: row.get("active")?,
            created_at: row.get("created_at")?,
        })
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device").field("id", &self.id).field("tenant", &self.tenant).finish_non_exhaustive()
    }
}
