use model::{ChannelId, IncidentId, Scope, Severity, Timestamp};
use uuid::Uuid;

use crate::{Result, Tx, sql};

/// Queues a notice for delivery at once, within the transaction of what it tells about. Ids rise: by them the notices of
/// an incident keep their order.
///
/// # Errors
/// The database is out of reach.
pub async fn enqueue(
    tx: &Tx,
    scope: &Scope,
    incident: IncidentId,
    channel: ChannelId,
    (kind, severity): (&str, Severity),
    now: Timestamp,
) -> Result<()> {
    sql("INSERT INTO notices (id, tenant_id, incident_id, channel_id, kind, severity, status, attempts,
             next_attempt_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'pending', 0, $7, $7)")
    .bind(Uuid::now_v7())
    .bind(scope.tenant())
    .bind(incident)
    .bind(channel)
    .bind(kind)
    .bind(severity)
    .bind(now)
    .run(tx)
    .await?
    .whatever();
    Ok(())
}
