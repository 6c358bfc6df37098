use model::{RuleId, Scope, Timestamp};

use super::{Rule, revision::touch};
use crate::{Result, Tx, sql};

/// Saves a rule over the version before `rule.version`; false when that is no longer the newest, or the rule is gone.
///
/// # Errors
/// The database is out of reach.
pub async fn update(tx: &Tx, scope: &Scope, rule: &Rule) -> Result<bool> {
    let done = sql(
        "UPDATE rules SET name = $4, description = $5, severity = $6, enabled = $7, kind = $8, spec = $9,
             version = $3, updated_at = $10, updated_by = $11
         WHERE tenant_id = $1 AND id = $2 AND version = $3 - 1",
    )
    .bind(scope.tenant())
    .bind(rule.id)
    .bind(rule.version)
    .bind(&rule.name)
    .bind(&rule.description)
    .bind(rule.severity)
    .bind(rule.enabled)
    .bind(&rule.kind)
    .bind(&rule.spec)
    .bind(rule.updated_at)
    .bind(rule.updated_by)
    .run(tx)
    .await?;
    touch(tx, scope).await?;
    Ok(done.rows > 0)
}

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound)
pub async fn set_enabled(tx: &Tx, scope: &Scope, id: RuleId, enabled: bool, now: Timestamp) -> Result<()> {
    sql("UPDATE rules SET enabled = $3, version = version + 1, updated_at = $4, updated_by = $5
         WHERE tenant_id = $1 AND id = $2")
    .bind(scope.tenant())
    .bind(id)
    .bind(enabled)
    .bind(now)
    .bind(scope.user())
    .run(tx)
    .await?
    .or_not_found("rule")?;
    touch(tx, scope).await
}
