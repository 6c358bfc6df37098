use model::{Role, Scope, SystemScope};

use super::Tenant;
use crate::{Db, Result, sql};

/// The scope's own tenant.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound) when it was deleted.
pub async fn find(db: &dyn Db, scope: &Scope) -> Result<Tenant> {
    sql("SELECT id, name, created_at FROM tenants WHERE id = $1").bind(scope.tenant()).one(db, "tenant").await
}

/// Every tenant, for readers of the journal that serve all of them.
///
/// # Errors
/// The database is out of reach.
pub async fn list_all(db: &dyn Db, _: &SystemScope) -> Result<Vec<Tenant>> {
    sql("SELECT id, name, created_at FROM tenants ORDER BY created_at, id").all(db).await
}

/// Whether anybody owns anything yet: an installation without an owner waits to be set up.
///
/// # Errors
/// The database is out of reach.
pub async fn any_owner(db: &dyn Db, _: &SystemScope) -> Result<bool> {
    let owners: i64 = sql("SELECT COUNT(*) AS n FROM memberships WHERE role = $1")
        .bind(Role::Owner)
        .one(db, "count")
        .await?;
    Ok(owners > 0)
}
