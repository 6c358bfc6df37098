use std::collections::HashMap;

use model::{DeviceId, Scope, Severity};

use crate::{Db, FromRow, Result, Row, sql};

/// How many incidents there are, whatever a list shows of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IncidentCounts {
    pub open: i64,
    pub acknowledged: i64,
    pub resolved: i64,
    /// The unresolved ones by severity.
    pub active_by_severity: HashMap<Severity, i64>,
    /// The unresolved ones by device.
    pub active_by_device: HashMap<DeviceId, i64>,
}

struct Group {
    status: String,
    severity: Severity,
    count: i64,
}

impl FromRow for Group {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { status: row.get("status")?, severity: row.get("severity")?, count: row.get("n")? })
    }
}

/// # Errors
/// The database is out of reach.
pub async fn counts(db: &dyn Db, scope: &Scope) -> Result<IncidentCounts> {
    let groups: Vec<Group> =
        sql("SELECT status, severity, COUNT(*) AS n FROM incidents WHERE tenant_id = $1 GROUP BY status, severity")
            .bind(scope.tenant())
            .all(db)
            .await?;
    let mut counts = IncidentCounts::default();
    for group in groups {
        match group.status.as_str() {
            "open" => counts.open += group.count,
            "acknowledged" => counts.acknowledged += group.count,
            _ => counts.resolved += group.count,
        }
        if group.status != "resolved" {
            *counts.active_by_severity.entry(group.severity).or_default() += group.count;
        }
    }
    let devices = sql("SELECT device_id, COUNT(*) AS n FROM incidents WHERE tenant_id = $1 AND status <> 'resolved' GROUP BY device_id")
        .bind(scope.tenant())
        .rows(db)
        .await?;
    for row in devices {
        counts.active_by_device.insert(row.get("device_id")?, row.get("n")?);
    }
    Ok(counts)
}
