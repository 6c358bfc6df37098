use model::Scope;

use super::{Rule, revision::touch};
use crate::{Result, Tx, sql};

/// # Errors
/// The database is out of reach.
pub async fn create(tx: &Tx, scope: &Scope, rule: &Rule) -> Result<()> {
    sql("INSERT INTO rules (id, tenant_id, name, description, severity, enabled, kind, spec, version, created_at,
             updated_at, updated_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
        .bind(rule.id)
        .bind(scope.tenant())
        .bind(&rule.name)
        .bind(&rule.description)
        .bind(rule.severity)
        .bind(rule.enabled)
        .bind(&rule.kind)
        .bind(&rule.spec)
        .bind(rule.version)
        .bind(rule.created_at)
        .bind(rule.updated_at)
        .bind(rule.updated_by)
        .run(tx)
        .await?
        .whatever();
    touch(tx, scope).await
}
