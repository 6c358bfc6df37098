use model::{Scope, SystemScope, Timestamp};
use uuid::Uuid;

use super::{COLUMNS, Notice};
use crate::{Db, Result, sql, sql_composed};

/// Those of all tenants whose time has come: of each channel the longest waiting, at most `per_channel` and together, and
/// the channel that waited longest first. One that follows another of the same incident to the same channel is not due
/// until that one was sent or given up.
///
/// # Errors
/// The database is out of reach.
pub async fn due(db: &dyn Db, _: &SystemScope, now: Timestamp, per_channel: u32) -> Result<Vec<Notice>> {
    sql_composed(format!(
        "SELECT {COLUMNS} FROM (
             SELECT {COLUMNS},
                 ROW_NUMBER() OVER (PARTITION BY channel_id ORDER BY next_attempt_at, id) AS place,
                 MIN(next_attempt_at) OVER (PARTITION BY channel_id) AS channel_waits_since
             FROM notices n
             WHERE status = 'pending' AND next_attempt_at <= $1
               AND NOT EXISTS (
                   SELECT 1 FROM notices e
                   WHERE e.incident_id = n.incident_id AND e.channel_id = n.channel_id
                     AND e.status = 'pending' AND e.id < n.id)
         ) AS ready
         WHERE place <= $2 ORDER BY channel_waits_since, channel_id, place"
    ))
    .bind(now)
    .bind(per_channel)
    .all(db)
    .await
}

/// When the next one is due.
///
/// # Errors
/// The database is out of reach.
pub async fn next_due(db: &dyn Db, _: &SystemScope) -> Result<Option<Timestamp>> {
    let next: Vec<i64> = sql(
        "SELECT next_attempt_at AS n FROM notices WHERE status = 'pending' ORDER BY next_attempt_at LIMIT 1",
    )
    .all(db)
    .await?;
    Ok(next.first().copied().map(Timestamp::from_micros))
}

/// Counts an attempt and takes the notice until `until`; false when another worker was faster. If we die on the way it
/// is tried again after that.
///
/// # Errors
/// The database is out of reach.
pub async fn claim(db: &dyn Db, scope: &Scope, notice: &Notice, until: Timestamp) -> Result<bool> {
    let done = sql("UPDATE notices SET attempts = attempts + 1, next_attempt_at = $4
         WHERE tenant_id = $1 AND id = $2 AND status = 'pending' AND attempts = $3")
    .bind(scope.tenant())
    .bind(notice.id)
    .bind(notice.attempts)
    .bind(until)
    .run(db)
    .await?;
    Ok(done.rows > 0)
}

/// It was delivered (no error), or is given up.
///
/// # Errors
/// The database is out of reach.
pub async fn finish(db: &dyn Db, scope: &Scope, id: Uuid, error: Option<&str>, now: Timestamp) -> Result<()> {
    sql("UPDATE notices SET status = $3, last_error = $4, finished_at = $5 WHERE tenant_id = $1 AND id = $2")
        .bind(scope.tenant())
        .bind(id)
        .bind(if error.is_none() { "sent" } else { "failed" })
        .bind(error)
        .bind(now)
        .run(db)
        .await?
        .whatever();
    Ok(())
}

/// It failed and is tried again later.
///
/// # Errors
/// The database is out of reach.
pub async fn postpone(db: &dyn Db, scope: &Scope, id: Uuid, error: &str, next: Timestamp) -> Result<()> {
    sql("UPDATE notices SET last_error = $3, next_attempt_at = $4 WHERE tenant_id = $1 AND id = $2")
        .bind(scope.tenant())
        .bind(id)
        .bind(error)
        .bind(next)
        .run(db)
        .await?
        .whatever();
    Ok(())
}
