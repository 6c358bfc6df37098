use model::{CommandId, DeviceId, Scope, SystemScope, Timestamp};

use crate::{Db, Result, sql};

/// The device has the command. One that went further already stays there.
///
/// # Errors
/// The database is out of reach.
pub async fn delivered(db: &dyn Db, scope: &Scope, id: CommandId, at: Timestamp) -> Result<()> {
    sql("UPDATE commands SET status = 'delivered', delivered_at = $3
         WHERE tenant_id = $1 AND id = $2 AND status = 'sent'")
    .bind(scope.tenant())
    .bind(id)
    .bind(at)
    .run(db)
    .await?
    .whatever();
    Ok(())
}

/// The device answered. Only its own command, and only the first answer counts, so that replaying the journal changes
/// nothing. An answer that comes too late is kept all the same. Returns whether this one counted.
///
/// # Errors
/// The database is out of reach.
pub async fn answered(
    db: &dyn Db,
    scope: &Scope,
    device: DeviceId,
    id: CommandId,
    reply: &str,
    at: Timestamp,
) -> Result<bool> {
    let done = sql("UPDATE commands SET status = 'answered', reply = $4, answered_at = $5,
                           delivered_at = COALESCE(delivered_at, $5)
                    WHERE tenant_id = $1 AND device_id = $2 AND id = $3 AND reply IS NULL")
    .bind(scope.tenant())
    .bind(device)
    .bind(id)
    .bind(reply)
    .bind(at)
    .run(db)
    .await?;
    Ok(done.rows > 0)
}

/// Marks the commands of all tenants whose time is over. Returns how many.
///
/// # Errors
/// The database is out of reach.
pub async fn expire_due(db: &dyn Db, _: &SystemScope, now: Timestamp) -> Result<u64> {
    let done = sql(
        "UPDATE commands SET status = 'expired' WHERE status IN ('sent', 'delivered') AND expires_at <= $1",
    )
    .bind(now)
    .run(db)
    .await?;
    Ok(done.rows)
}
