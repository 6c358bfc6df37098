use model::Scope;

use super::Device;
use crate::{Db, Result, sql};

/// Adds a device to the scope's tenant; `device.tenant` is not looked at. Its profile must be there.
///
/// # Errors
/// A conflict on `devices_username` when the user name is taken.
pub async fn create(db: &dyn Db, scope: &Scope, device: &Device) -> Result<()> {
    sql("INSERT INTO devices (id, tenant_id, name, profile, username, password_hash, active, desired, desired_version,
                              created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, '{}', 0, $8)")
    .bind(device.id)
    .bind(scope.tenant())
    .bind(&device.name)
    .bind(&device.profile)
    .bind(&device.username)
    .bind(&device.password_hash)
    .bind(device.active)
    .bind(device.created_at)
    .run(db)
    .await?
    .whatever();
    Ok(())
}
