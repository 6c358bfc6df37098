use model::{DeviceId, Scope, SystemScope, Timestamp};

use crate::{Db, FromRow, Result, Row, sql};

/// Takes a device out of the registry and its credentials out of the database. The row stays as a tombstone.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound), also for devices of other tenants.
pub async fn delete(db: &dyn Db, scope: &Scope, id: DeviceId, at: Timestamp) -> Result<()> {
    sql("UPDATE devices SET deleted_at = $3, username = NULL, password_hash = NULL, desired = '{}'
         WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL")
    .bind(scope.tenant())
    .bind(id)
    .bind(at)
    .run(db)
    .await?
    .or_not_found("device")
}

struct Tombstone(DeviceId);

impl FromRow for Tombstone {
    fn from_row(row: &Row) -> Result<Self> {
        row.get("id").map(Self)
    }
}

/// Every device that was deleted at `since` or later, so that late records of the journal do not bring one back.
///
/// # Errors
/// The database is out of reach.
pub async fn deleted(db: &dyn Db, _: &SystemScope, since: Timestamp) -> Result<Vec<DeviceId>> {
    let rows: Vec<Tombstone> =
        sql("SELECT id FROM devices WHERE deleted_at >= $1").bind(since).all(db).await?;
    Ok(rows.into_iter().map(|Tombstone(id)| id).collect())
}
