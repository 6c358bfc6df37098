use model::{ChannelId, Scope, Timestamp};

use super::Channel;
use crate::{Db, Result, sql};

/// Saves name, target, least severity, language and whether it is switched on.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound)
pub async fn update(db: &dyn Db, scope: &Scope, channel: &Channel) -> Result<()> {
    sql("UPDATE channels SET name = $3, target = $4, min_severity = $5, language = $6, enabled = $7
         WHERE tenant_id = $1 AND id = $2")
    .bind(scope.tenant())
    .bind(channel.id)
    .bind(&channel.name)
    .bind(&channel.target)
    .bind(channel.min_severity)
    .bind(&channel.language)
    .bind(channel.enabled)
    .run(db)
    .await?
    .or_not_found("channel")
}

/// Gives a webhook a new secret and keeps the one before until `until`.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound), also when it has no secret.
pub async fn rotate_secret(
    db: &dyn Db,
    scope: &Scope,
    id: ChannelId,
    secret: &str,
    until: Timestamp,
) -> Result<()> {
    sql("UPDATE channels SET previous_secret = secret, previous_secret_until = $4, secret = $3
         WHERE tenant_id = $1 AND id = $2 AND secret IS NOT NULL")
    .bind(scope.tenant())
    .bind(id)
    .bind(secret)
    .bind(until)
    .run(db)
    .await?
    .or_not_found("channel")
}
