use model::{Scope, SessionId, Timestamp, UserId};

use super::Session;
use crate::{Db, Result, sql};

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound), also for sessions of other tenants.
pub async fn find(db: &dyn Db, scope: &Scope, id: SessionId) -> Result<Session> {
    sql("SELECT id, tenant_id, user_id, chain_secret, client, address, created_at, last_used_at, expires_at,
             ended_at, end_reason
         FROM sessions WHERE tenant_id = $1 AND id = $2")
    .bind(scope.tenant())
    .bind(id)
    .one(db, "session")
    .await
}

/// A person's live sessions, the one used last first.
///
/// # Errors
/// The database is out of reach.
pub async fn list_of_user(db: &dyn Db, scope: &Scope, user: UserId, now: Timestamp) -> Result<Vec<Session>> {
    sql("SELECT id, tenant_id, user_id, chain_secret, client, address, created_at, last_used_at, expires_at,
             ended_at, end_reason
         FROM sessions
         WHERE tenant_id = $1 AND user_id = $2 AND ended_at IS NULL AND expires_at > $3
         ORDER BY last_used_at DESC, id LIMIT 200")
    .bind(scope.tenant())
    .bind(user)
    .bind(now)
    .all(db)
    .await
}
