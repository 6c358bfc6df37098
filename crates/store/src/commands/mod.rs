//! Commands to devices, and what became of them.

mod create;
mod find;
mod progress;

use model::{CommandId, DeviceId, TenantId, Timestamp};

use crate::{FromRow, Result, Row};

pub use create::create;
pub use find::{find, is_of, list, waiting, waiting_for};
pub use progress::{answered, delivered, expire_due};

#[derive(Clone, Debug, PartialEq)]
pub struct CommandRow {
    pub id: CommandId,
    pub tenant: TenantId,
    pub device: DeviceId,
    pub name: String,
    pub params: serde_json::Value,
    /// `sent`, `delivered`, `answered` or `expired`.
    pub status: String,
    pub reply: Option<serde_json::Value>,
    pub sent_by: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub delivered_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
}

impl FromRow for CommandRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            tenant: row.get("tenant_id")?,
            device: row.get("device_id")?,
            name: row.get("name")?,
            params: row.get("params")?,
            status: row.get("status")?,
            reply: row.get("reply")?,
            sent_by: row.get("sent_by")?,
            created_at: row.get("created_at")?,
            expires_at: row.get("expires_at")?,
            delivered_at: row.get("delivered_at")?,
            answered_at: row.get("answered_at")?,
        })
    }
}
