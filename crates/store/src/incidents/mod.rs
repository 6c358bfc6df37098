//! Incidents, the findings in them, what happened to them, and the changes that still have to reach the journal.

mod change;
mod counts;
mod find;
mod findings;
mod list;
mod open;
mod outbox;
mod timeline;

use model::{DeviceId, FindingId, IncidentId, RuleId, Severity, Timestamp, UserId};
use uuid::Uuid;

use crate::{FromRow, Result, Row};

pub use change::{lock, set_assignee, set_state};
pub use counts::{IncidentCounts, counts};
pub use find::find;
pub use findings::{FindingRow, add_finding, has_finding};
pub use list::{IncidentFilter, list};
pub use open::{join_unresolved, next_number, open};
pub use outbox::{OutboxRow, forget, pending, push};
pub use timeline::{TimelineFinding, TimelineRow, add_entry, newest_finding, timeline};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    pub id: IncidentId,
    pub number: i64,
    pub rule: RuleId,
    pub rule_name: String,
    pub device: DeviceId,
    /// Nothing when the device is not in the registry.
    pub device_name: Option<String>,
    pub title: String,
    pub severity: Severity,
    /// `open`, `acknowledged` or `resolved`.
    pub status: String,
    pub assignee: Option<UserId>,
    pub assignee_name: Option<String>,
    pub findings: i64,
    pub opened_at: Timestamp,
    pub last_finding_at: Timestamp,
    pub acknowledged_at: Option<Timestamp>,
    pub resolved_at: Option<Timestamp>,
}

pub(super) const SELECT: &str = "SELECT i.id, i.number, i.rule_id, i.rule_name, i.device_id, d.name AS device_name, \
     i.title, i.severity, i.status, i.assignee_id, u.name AS assignee_name, i.findings, i.opened_at, \
     i.last_finding_at, i.acknowledged_at, i.resolved_at \
     FROM incidents i \
     LEFT JOIN devices d ON d.tenant_id = i.tenant_id AND d.id = i.device_id \
     LEFT JOIN users u ON u.id = i.assignee_id";

impl FromRow for Incident {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            number: row.get("number")?,
            rule: row.get("rule_id")?,
            rule_name: row.get("rule_name")?,
            device: row.get("device_id")?,
            device_name: row.get("device_name")?,
            title: row.get("title")?,
            severity: row.get("severity")?,
            status: row.get("status")?,
            assignee: row.get("assignee_id")?,
            assignee_name: row.get("assignee_name")?,
            findings: row.get("findings")?,
            opened_at: row.get("opened_at")?,
            last_finding_at: row.get("last_finding_at")?,
            acknowledged_at: row.get("acknowledged_at")?,
            resolved_at: row.get("resolved_at")?,
        })
    }
}

/// What happened to an incident, for [`add_entry`].
#[derive(Clone, Debug, Default)]
pub struct NewEntry<'a> {
    pub kind: &'a str,
    pub actor: Option<UserId>,
    pub text: Option<&'a str>,
    pub finding: Option<FindingId>,
}

pub(super) fn entry_id() -> Uuid {
    Uuid::now_v7()
}
