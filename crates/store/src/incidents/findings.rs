use model::{DeviceId, FindingId, IncidentId, RuleId, Scope, Severity, Timestamp};

use crate::{Result, Tx, sql};

/// A finding and the incident that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingRow {
    pub id: FindingId,
    pub rule: RuleId,
    pub device: DeviceId,
    pub incident: IncidentId,
    pub severity: Severity,
    /// By the device's own time.
    pub ts: Timestamp,
    /// When we found it.
    pub at: Timestamp,
    pub title: String,
    /// A JSON object.
    pub evidence: String,
}

/// # Errors
/// A conflict on `findings_pkey` when it is there already.
pub async fn add_finding(tx: &Tx, scope: &Scope, finding: &FindingRow) -> Result<()> {
    sql("INSERT INTO findings (id, tenant_id, rule_id, device_id, incident_id, severity, ts, at, title, evidence)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(finding.id)
        .bind(scope.tenant())
        .bind(finding.rule)
        .bind(finding.device)
        .bind(finding.incident)
        .bind(finding.severity)
        .bind(finding.ts)
        .bind(finding.at)
        .bind(&finding.title)
        .bind(&finding.evidence)
        .run(tx)
        .await?
        .whatever();
    Ok(())
}

/// Whether a finding was taken before.
///
/// # Errors
/// The database is out of reach.
pub async fn has_finding(tx: &Tx, scope: &Scope, id: FindingId) -> Result<bool> {
    let known: Vec<i64> = sql("SELECT COUNT(*) AS n FROM findings WHERE tenant_id = $1 AND id = $2")
        .bind(scope.tenant())
        .bind(id)
        .all(tx)
        .await?;
    Ok(known.first().is_some_and(|count| *count > 0))
}
