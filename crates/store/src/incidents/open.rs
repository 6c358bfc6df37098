use model::{DeviceId, IncidentId, RuleId, Scope, Timestamp};

use super::Incident;
use crate::{Result, Tx, sql};

/// The tenant's next running number.
///
/// # Errors
/// The database is out of reach.
pub async fn next_number(tx: &Tx, scope: &Scope) -> Result<i64> {
    sql("INSERT INTO incident_numbers (tenant_id, last) VALUES ($1, 1)
         ON CONFLICT (tenant_id) DO UPDATE SET last = incident_numbers.last + 1
         RETURNING last AS n")
    .bind(scope.tenant())
    .one(tx, "number")
    .await
}

/// # Errors
/// A conflict on `incidents_tenant_id_rule_id_device_id` when another node opened one for this rule and device just now.
pub async fn open(tx: &Tx, scope: &Scope, incident: &Incident) -> Result<()> {
    sql("INSERT INTO incidents (id, tenant_id, number, rule_id, rule_name, device_id, title, severity, status,
             findings, opened_at, last_finding_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
        .bind(incident.id)
        .bind(scope.tenant())
        .bind(incident.number)
        .bind(incident.rule)
        .bind(&incident.rule_name)
        .bind(incident.device)
        .bind(&incident.title)
        .bind(incident.severity)
        .bind(&incident.status)
        .bind(incident.findings)
        .bind(incident.opened_at)
        .bind(incident.last_finding_at)
        .run(tx)
        .await?
        .whatever();
    Ok(())
}

/// Counts one more finding in the unresolved incident of this rule and device, if there is one, and locks it until the
/// transaction ends.
///
/// # Errors
/// The database is out of reach.
pub async fn join_unresolved(
    tx: &Tx,
    scope: &Scope,
    rule: RuleId,
    device: DeviceId,
    at: Timestamp,
) -> Result<Option<IncidentId>> {
    let rows = sql("UPDATE incidents SET findings = findings + 1,
             last_finding_at = CASE WHEN last_finding_at > $4 THEN last_finding_at ELSE $4 END
         WHERE tenant_id = $1 AND rule_id = $2 AND device_id = $3 AND status <> 'resolved'
         RETURNING id")
    .bind(scope.tenant())
    .bind(rule)
    .bind(device)
    .bind(at)
    .rows(tx)
    .await?;
    rows.first().map(|row| row.get("id")).transpose()
}
