//! The one token whose holder may make the first owner. Only its hash is kept.

use model::{SystemScope, Timestamp};

use crate::{Db, Result, sql};

/// Replaces whatever token there was.
///
/// # Errors
/// The database is out of reach.
pub async fn put(db: &dyn Db, _: &SystemScope, token_hash: &str, expires_at: Timestamp) -> Result<()> {
    sql(
        "INSERT INTO setup_tokens (slot, token_hash, expires_at) VALUES ('first owner', $1, $2)
         ON CONFLICT (slot) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at",
    )
    .bind(token_hash)
    .bind(expires_at)
    .run(db)
    .await?
    .whatever();
    Ok(())
}

/// Whether this is the token and it has not expired. It stays valid.
///
/// # Errors
/// The database is out of reach.
pub async fn is_valid(db: &dyn Db, _: &SystemScope, token_hash: &str, now: Timestamp) -> Result<bool> {
    let found: i64 = sql("SELECT COUNT(*) AS n FROM setup_tokens WHERE token_hash = $1 AND expires_at > $2")
        .bind(token_hash)
        .bind(now)
        .one(db, "count")
        .await?;
    Ok(found > 0)
}

/// Uses the token up; false when it is not the token, or somebody was faster.
///
/// # Errors
/// The database is out of reach.
pub async fn consume(db: &dyn Db, _: &SystemScope, token_hash: &str, now: Timestamp) -> Result<bool> {
    let done = sql("DELETE FROM setup_tokens WHERE token_hash = $1 AND expires_at > $2")
        .bind(token_hash)
        .bind(now)
        .run(db)
        .await?;
    Ok(done.rows == 1)
}

/// Forgets the token: an owner exists.
///
/// # Errors
/// The database is out of reach.
pub async fn clear(db: &dyn Db, _: &SystemScope) -> Result<()> {
    sql("DELETE FROM setup_tokens").run(db).await?.whatever();
    Ok(())
}
