use model::{CommandId, DeviceId, Scope, SystemScope, Timestamp};

use super::CommandRow;
use crate::{Db, Page, PageRequest, Result, sql};

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound), also for commands of other tenants.
pub async fn find(db: &dyn Db, scope: &Scope, id: CommandId) -> Result<CommandRow> {
    sql("SELECT id, tenant_id, device_id, name, params, status, reply, sent_by, created_at, expires_at, delivered_at,
                answered_at
         FROM commands WHERE tenant_id = $1 AND id = $2")
    .bind(scope.tenant())
    .bind(id)
    .one(db, "command")
    .await
}

/// Whether the command was ever sent to this device.
///
/// # Errors
/// The database is out of reach.
pub async fn is_of(db: &dyn Db, scope: &Scope, device: DeviceId, id: CommandId) -> Result<bool> {
    let found = sql("SELECT 1 FROM commands WHERE tenant_id = $1 AND device_id = $2 AND id = $3")
        .bind(scope.tenant())
        .bind(device)
        .bind(id)
        .rows(db)
        .await?;
    Ok(!found.is_empty())
}

/// A device's commands, the latest first.
///
/// # Errors
/// The cursor is not one of ours, or the database is out of reach.
pub async fn list(
    db: &dyn Db,
    scope: &Scope,
    device: DeviceId,
    page: &PageRequest,
) -> Result<Page<CommandRow>> {
    let (created_at, id): (i64, String) = page.after()?.unwrap_or((i64::MAX, String::new()));
    let rows: Vec<CommandRow> =
        sql("SELECT id, tenant_id, device_id, name, params, status, reply, sent_by, created_at, expires_at,
                    delivered_at, answered_at
             FROM commands
             WHERE tenant_id = $1 AND device_id = $2 AND (created_at < $3 OR (created_at = $3 AND id < $4))
             ORDER BY created_at DESC, id DESC LIMIT $5")
        .bind(scope.tenant())
        .bind(device)
        .bind(created_at)
        .bind(id)
        .bind(page.probe())
        .all(db)
        .await?;
    Page::of(rows, page, |row| (row.created_at.as_micros(), row.id.to_string()))
}

/// Commands of all tenants that wait for their device and are still in time, the oldest first.
///
/// # Errors
/// The database is out of reach.
pub async fn waiting(db: &dyn Db, _: &SystemScope, now: Timestamp, limit: u32) -> Result<Vec<CommandRow>> {
    sql("SELECT id, tenant_id, device_id, name, params, status, reply, sent_by, created_at, expires_at, delivered_at,
                answered_at
         FROM commands WHERE status = 'sent' AND expires_at > $1 ORDER BY created_at, id LIMIT $2")
    .bind(now)
    .bind(limit)
    .all(db)
    .await
}

/// Commands that wait for one device and are still in time, the oldest first.
///
/// # Errors
/// The database is out of reach.
pub async fn waiting_for(
    db: &dyn Db,
    scope: &Scope,
    device: DeviceId,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<CommandRow>> {
    sql("SELECT id, tenant_id, device_id, name, params, status, reply, sent_by, created_at, expires_at, delivered_at,
                answered_at
         FROM commands WHERE tenant_id = $1 AND device_id = $2 AND status = 'sent' AND expires_at > $3
         ORDER BY created_at, id LIMIT $4")
    .bind(scope.tenant())
    .bind(device)
    .bind(now)
    .bind(limit)
    .all(db)
    .await
}
