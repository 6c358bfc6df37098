use model::{Scope, SessionId, SystemScope, TenantId, Timestamp};

use crate::{Db, FromRow, Result, Row, sql};

/// One link of a session's chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    pub tenant: TenantId,
    pub session: SessionId,
    /// Its place in the chain, from 0.
    pub sequence: u64,
    pub issued_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

impl FromRow for RefreshToken {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            tenant: row.get("tenant_id")?,
            session: row.get("session_id")?,
            sequence: row.get("sequence")?,
            issued_at: row.get("issued_at")?,
            used_at: row.get("used_at")?,
        })
    }
}

/// # Errors
/// A conflict on `refresh_tokens_pkey` when the hash is known, which random tokens never meet.
pub async fn add_refresh_token(
    db: &dyn Db,
    scope: &Scope,
    session: SessionId,
    token_hash: &str,
    sequence: u64,
    now: Timestamp,
) -> Result<()> {
    sql("INSERT INTO refresh_tokens (token_hash, tenant_id, session_id, sequence, issued_at)
         SELECT $3, tenant_id, id, $4, $5 FROM sessions WHERE tenant_id = $1 AND id = $2")
    .bind(scope.tenant())
    .bind(session)
    .bind(token_hash)
    .bind(sequence)
    .bind(now)
    .run(db)
    .await?
    .or_not_found("session")
}

/// Finds a token by its hash: whoever presents one has not said yet which tenant they belong to.
///
/// # Errors
/// The database is out of reach.
pub async fn by_refresh_token(
    db: &dyn Db,
    _: &SystemScope,
    token_hash: &str,
) -> Result<Option<RefreshToken>> {
    sql("SELECT tenant_id, session_id, sequence, issued_at, used_at FROM refresh_tokens WHERE token_hash = $1")
        .bind(token_hash)
        .optional(db)
        .await
}

/// Marks a token as used; false when somebody was faster.
///
/// # Errors
/// The database is out of reach.
pub async fn use_refresh_token(db: &dyn Db, scope: &Scope, token_hash: &str, now: Timestamp) -> Result<bool> {
    let done = sql("UPDATE refresh_tokens SET used_at = $3
         WHERE tenant_id = $1 AND token_hash = $2 AND used_at IS NULL")
    .bind(scope.tenant())
    .bind(token_hash)
    .bind(now)
    .run(db)
    .await?;
    Ok(done.rows == 1)
}

/// The place of the newest token in the session's chain.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound) when the session has none, or is of another tenant.
pub async fn latest_sequence(db: &dyn Db, scope: &Scope, session: SessionId) -> Result<u64> {
    let latest: i64 = sql("SELECT sequence AS n FROM refresh_tokens WHERE tenant_id = $1 AND session_id = $2
         ORDER BY sequence DESC LIMIT 1")
    .bind(scope.tenant())
    .bind(session)
    .one(db, "session")
    .await?;
    Ok(latest.unsigned_abs())
}
