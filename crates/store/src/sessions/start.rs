use model::{Scope, SessionId, Timestamp};

use super::Session;
use crate::{Db, Result, StoreError, sql};

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound) when the session is of another tenant than the scope; a conflict on
/// `foreign_key` when the person does not belong to the tenant.
pub async fn start(db: &dyn Db, scope: &Scope, session: &Session) -> Result<()> {
    if session.tenant != scope.tenant() {
        return Err(StoreError::NotFound { what: "tenant" });
    }
    sql("INSERT INTO sessions (id, tenant_id, user_id, chain_secret, client, address, created_at,
             last_used_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(session.id)
    .bind(session.tenant)
    .bind(session.user)
    .bind(session.chain_secret.as_slice())
    .bind(&session.client)
    .bind(&session.address)
    .bind(session.created_at)
    .bind(session.last_used_at)
    .bind(session.expires_at)
    .run(db)
    .await?
    .whatever();
    Ok(())
}

/// Notes that a session was used, and lets it live until `expires_at`.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound) when it ended meanwhile, or belongs to another tenant.
pub async fn touch(
    db: &dyn Db,
    scope: &Scope,
    id: SessionId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    sql("UPDATE sessions SET last_used_at = $3, expires_at = $4
         WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL")
    .bind(scope.tenant())
    .bind(id)
    .bind(now)
    .bind(expires_at)
    .run(db)
    .await?
    .or_not_found("session")
}
