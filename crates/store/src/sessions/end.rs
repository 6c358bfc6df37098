use model::{Scope, SessionId, SystemScope, Timestamp, UserId};

use crate::{Db, FromRow, Result, Row, sql};

struct Ended(SessionId);

impl FromRow for Ended {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self(row.get("id")?))
    }
}

/// Ends a session. One that ended before keeps its first reason.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound), also for sessions of other tenants.
pub async fn end(db: &dyn Db, scope: &Scope, id: SessionId, now: Timestamp, reason: &str) -> Result<()> {
    sql("UPDATE sessions SET ended_at = COALESCE(ended_at, $3), end_reason = COALESCE(end_reason, $4)
         WHERE tenant_id = $1 AND id = $2")
    .bind(scope.tenant())
    .bind(id)
    .bind(now)
    .bind(reason)
    .run(db)
    .await?
    .or_not_found("session")
}

/// Ends every live session of a person in this tenant but `except`, and says which they were.
///
/// # Errors
/// The database is out of reach.
pub async fn end_all_of_user(
    db: &dyn Db,
    scope: &Scope,
    user: UserId,
    except: Option<SessionId>,
    now: Timestamp,
    reason: &str,
) -> Result<Vec<SessionId>> {
    let ended: Vec<Ended> = sql("UPDATE sessions SET ended_at = $4, end_reason = $5
         WHERE tenant_id = $1 AND user_id = $2 AND ended_at IS NULL AND id <> COALESCE($3, '')
         RETURNING id")
    .bind(scope.tenant())
    .bind(user)
    .bind(except)
    .bind(now)
    .bind(reason)
    .all(db)
    .await?;
    Ok(ended.into_iter().map(|Ended(id)| id).collect())
}

/// Forgets sessions that ended or expired before `before`, with their refresh tokens.
///
/// # Errors
/// The database is out of reach.
pub async fn prune(db: &dyn Db, _: &SystemScope, before: Timestamp) -> Result<u64> {
    let done =
        sql("DELETE FROM sessions WHERE expires_at < $1 OR ended_at < $1").bind(before).run(db).await?;
    Ok(done.rows)
}
