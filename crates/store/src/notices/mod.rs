//! Notices of incidents: the queue of those to deliver, and the record of those delivered.

mod deliver;
mod enqueue;
mod list;

use model::{ChannelId, IncidentId, Severity, TenantId, Timestamp};
use uuid::Uuid;

use crate::{FromRow, Result, Row};

pub use deliver::{claim, due, finish, next_due, postpone};
pub use enqueue::enqueue;
pub use list::{NoticeFilter, list};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub id: Uuid,
    pub tenant: TenantId,
    pub incident: IncidentId,
    pub channel: ChannelId,
    /// `opened`, `escalated`, `resolved` or `reopened`.
    pub kind: String,
    /// The incident's severity at the time.
    pub severity: Severity,
    /// `pending`, `sent` or `failed`.
    pub status: String,
    pub attempts: i64,
    pub next_attempt_at: Timestamp,
    pub last_error: Option<String>,
    /// When that happened which it tells.
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

pub(super) const COLUMNS: &str = "id, tenant_id, incident_id, channel_id, kind, severity, status, attempts, \
     next_attempt_at, last_error, created_at, finished_at";

impl FromRow for Notice {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            tenant: row.get("tenant_id")?,
            incident: row.get("incident_id")?,
            channel: row.get("channel_id")?,
            kind: row.get("kind")?,
            severity: row.get("severity")?,
            status: row.get("status")?,
            attempts: row.get("attempts")?,
            next_attempt_at: row.get("next_attempt_at")?,
            last_error: row.get("last_error")?,
            created_at: row.get("created_at")?,
            finished_at: row.get("finished_at")?,
        })
    }
}
