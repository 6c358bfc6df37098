use model::{IncidentId, Scope, Severity, Timestamp, UserId};

use crate::{Result, Tx, sql};

/// Makes others who lock the same incident wait until this transaction ends. Take it before a decision on its state.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound)
pub async fn lock(tx: &Tx, scope: &Scope, id: IncidentId) -> Result<()> {
    sql("UPDATE incidents SET number = number WHERE tenant_id = $1 AND id = $2")
        .bind(scope.tenant())
        .bind(id)
        .run(tx)
        .await?
        .or_not_found("incident")
}

/// Sets status, severity and the times that belong to them.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound); a conflict on `incidents_tenant_id_rule_id_device_id` when a resolved
/// incident would be reopened beside another unresolved one of the same rule and device.
pub async fn set_state(
    tx: &Tx,
    scope: &Scope,
    id: IncidentId,
    (status, severity): (&str, Severity),
    acknowledged_at: Option<Timestamp>,
    resolved_at: Option<Timestamp>,
) -> Result<()> {
    sql("UPDATE incidents SET status = $3, severity = $4, acknowledged_at = $5, resolved_at = $6
         WHERE tenant_id = $1 AND id = $2")
    .bind(scope.tenant())
    .bind(id)
    .bind(status)
    .bind(severity)
    .bind(acknowledged_at)
    .bind(resolved_at)
    .run(tx)
    .await?
    .or_not_found("incident")
}

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound)
pub async fn set_assignee(tx: &Tx, scope: &Scope, id: IncidentId, assignee: Option<UserId>) -> Result<()> {
    sql("UPDATE incidents SET assignee_id = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(scope.tenant())
        .bind(id)
        .bind(assignee)
        .run(tx)
        .await?
        .or_not_found("incident")
}
