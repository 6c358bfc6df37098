use model::{FindingId, IncidentId, Scope, Severity, Timestamp, UserId};
use uuid::Uuid;

use super::{NewEntry, entry_id};
use crate::{Db, FromRow, Result, Row, Tx, sql};

/// One thing that happened to an incident.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineRow {
    pub id: Uuid,
    pub at: Timestamp,
    pub kind: String,
    pub actor: Option<UserId>,
    pub actor_name: Option<String>,
    pub text: Option<String>,
    pub finding: Option<TimelineFinding>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TimelineFinding {
    pub id: FindingId,
    pub title: String,
    pub severity: Severity,
    pub ts: Timestamp,
    pub evidence: serde_json::Value,
}

impl FromRow for TimelineFinding {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            title: row.get("title")?,
            severity: row.get("severity")?,
            ts: row.get("ts")?,
            evidence: row.json("evidence")?,
        })
    }
}

impl FromRow for TimelineRow {
    fn from_row(row: &Row) -> Result<Self> {
        let finding: Option<FindingId> = row.get("finding_id")?;
        let finding = match (finding, row.get::<Option<String>>("title")?) {
            (Some(id), Some(title)) => Some(TimelineFinding {
                id,
                title,
                severity: row.get("severity")?,
                ts: row.get("ts")?,
                evidence: row.json("evidence")?,
            }),
            _ => None,
        };
        Ok(Self {
            id: row.get("id")?,
            at: row.get("at")?,
            kind: row.get("kind")?,
            actor: row.get("actor_id")?,
            actor_name: row.get("actor_name")?,
            text: row.get("text")?,
            finding,
        })
    }
}

/// # Errors
/// The database is out of reach.
pub async fn add_entry(
    tx: &Tx,
    scope: &Scope,
    id: IncidentId,
    entry: &NewEntry<'_>,
    at: Timestamp,
) -> Result<()> {
    sql("INSERT INTO incident_timeline (id, tenant_id, incident_id, at, kind, actor_id, text, finding_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(entry_id())
    .bind(scope.tenant())
    .bind(id)
    .bind(at)
    .bind(entry.kind)
    .bind(entry.actor)
    .bind(entry.text)
    .bind(entry.finding)
    .run(tx)
    .await?
    .whatever();
    Ok(())
}

/// The latest `limit` entries, the oldest of them first.
///
/// # Errors
/// The database is out of reach.
pub async fn timeline(db: &dyn Db, scope: &Scope, id: IncidentId, limit: u32) -> Result<Vec<TimelineRow>> {
    let mut rows: Vec<TimelineRow> =
        sql("SELECT t.id, t.at, t.kind, t.actor_id, u.name AS actor_name, t.text, t.finding_id,
             f.title, f.severity, f.ts, f.evidence
         FROM incident_timeline t
         LEFT JOIN users u ON u.id = t.actor_id
         LEFT JOIN findings f ON f.tenant_id = t.tenant_id AND f.id = t.finding_id
         WHERE t.tenant_id = $1 AND t.incident_id = $2
         ORDER BY t.at DESC, t.id DESC LIMIT $3")
        .bind(scope.tenant())
        .bind(id)
        .bind(limit)
        .all(db)
        .await?;
    rows.reverse();
    Ok(rows)
}

/// What was found last.
///
/// # Errors
/// The database is out of reach.
pub async fn newest_finding(db: &dyn Db, scope: &Scope, id: IncidentId) -> Result<Option<TimelineFinding>> {
    sql("SELECT id, title, severity, ts, evidence FROM findings WHERE tenant_id = $1 AND incident_id = $2
         ORDER BY at DESC, ts DESC, id DESC LIMIT 1")
    .bind(scope.tenant())
    .bind(id)
    .optional(db)
    .await
}
