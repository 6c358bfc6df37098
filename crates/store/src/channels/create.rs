use model::Scope;

use super::Channel;
use crate::{Db, Result, sql};

/// # Errors
/// The database is out of reach.
pub async fn create(db: &dyn Db, scope: &Scope, channel: &Channel) -> Result<()> {
    sql("INSERT INTO channels (id, tenant_id, name, kind, target, min_severity, language, enabled, secret, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(channel.id)
        .bind(scope.tenant())
        .bind(&channel.name)
        .bind(&channel.kind)
        .bind(&channel.target)
        .bind(channel.min_severity)
        .bind(&channel.language)
        .bind(channel.enabled)
        .bind(channel.secret.as_ref())
        .bind(channel.created_at)
        .run(db)
        .await?
        .whatever();
    Ok(())
}
