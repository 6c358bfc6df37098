use model::{DeviceId, Scope, SystemScope};

use super::Device;
use crate::{Db, FromRow, Result, Row, sql};

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound), also for devices of other tenants.
pub async fn find(db: &dyn Db, scope: &Scope, id: DeviceId) -> Result<Device> {
    sql("SELECT id, tenant_id, name, profile, username, password_hash, active, created_at
         FROM devices WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL")
    .bind(scope.tenant())
    .bind(id)
    .one(db, "device")
    .await
}

/// Up to `limit` devices of all tenants by id, from the one after `after` on: for loading the registry on start.
///
/// # Errors
/// The database is out of reach.
pub async fn all(db: &dyn Db, _: &SystemScope, after: Option<DeviceId>, limit: u32) -> Result<Vec<Device>> {
    sql("SELECT id, tenant_id, name, profile, username, password_hash, active, created_at
         FROM devices WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2")
    .bind(after.map_or_else(String::new, |id| id.to_string()))
    .bind(limit)
    .all(db)
    .await
}

/// What a device should be, as people want it.
#[derive(Clone, Debug, PartialEq)]
pub struct DesiredRow {
    pub desired: serde_json::Value,
    pub version: u64,
}

impl FromRow for DesiredRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { desired: row.json("desired")?, version: row.get("desired_version")? })
    }
}

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound), also for devices of other tenants.
pub async fn desired(db: &dyn Db, scope: &Scope, id: DeviceId) -> Result<DesiredRow> {
    sql("SELECT desired, desired_version FROM devices WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL")
        .bind(scope.tenant())
        .bind(id)
        .one(db, "device")
        .await
}
