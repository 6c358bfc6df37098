use model::{DeviceId, Scope, Timestamp};

use crate::{Db, Result, sql};

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound), also for devices of other tenants.
pub async fn rename(db: &dyn Db, scope: &Scope, id: DeviceId, name: &str) -> Result<()> {
    sql("UPDATE devices SET name = $3 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL")
        .bind(scope.tenant())
        .bind(id)
        .bind(name)
        .run(db)
        .await?
        .or_not_found("device")
}

/// The profile must be there.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound), also for devices of other tenants.
pub async fn set_profile(db: &dyn Db, scope: &Scope, id: DeviceId, profile: &str) -> Result<()> {
    sql("UPDATE devices SET profile = $3 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL")
        .bind(scope.tenant())
        .bind(id)
        .bind(profile)
        .run(db)
        .await?
        .or_not_found("device")
}

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound), also for devices of other tenants.
pub async fn set_password_hash(db: &dyn Db, scope: &Scope, id: DeviceId, hash: &str) -> Result<()> {
    sql("UPDATE devices SET password_hash = $3 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL")
        .bind(scope.tenant())
        .bind(id)
        .bind(hash)
        .run(db)
        .await?
        .or_not_found("device")
}

/// Replaces the desired state, if it still has the version that the new one was made from. Returns whether it had.
///
/// # Errors
/// The database is out of reach.
pub async fn set_desired(
    db: &dyn Db,
    scope: &Scope,
    id: DeviceId,
    desired: &serde_json::Value,
    version: u64,
) -> Result<bool> {
    let done = sql("UPDATE devices SET desired = $3, desired_version = desired_version + 1
                    WHERE tenant_id = $1 AND id = $2 AND desired_version = $4 AND deleted_at IS NULL")
    .bind(scope.tenant())
    .bind(id)
    .bind(desired)
    .bind(version)
    .run(db)
    .await?;
    Ok(done.rows > 0)
}

/// A device made contact. Later contacts change nothing.
///
/// # Errors
/// The database is out of reach.
pub async fn activate(db: &dyn Db, scope: &Scope, id: DeviceId, at: Timestamp) -> Result<()> {
    sql("UPDATE devices SET active = TRUE, first_contact_at = $3 WHERE tenant_id = $1 AND id = $2 AND active = FALSE")
        .bind(scope.tenant())
        .bind(id)
        .bind(at)
        .run(db)
        .await?
        .whatever();
    Ok(())
}
