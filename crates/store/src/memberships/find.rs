use model::{Scope, SystemScope, UserId};

use super::{Membership, Place};
use crate::{Db, Result, sql};

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound) when the person does not belong to the scope's tenant.
pub async fn find(db: &dyn Db, scope: &Scope, user: UserId) -> Result<Membership> {
    sql("SELECT tenant_id, user_id, role, suspended, created_at, last_sign_in_at
         FROM memberships WHERE tenant_id = $1 AND user_id = $2")
    .bind(scope.tenant())
    .bind(user)
    .one(db, "person")
    .await
}

/// Where a person belongs, the tenant that they used last first: signing in has no tenant yet.
///
/// # Errors
/// The database is out of reach.
pub async fn of_user(db: &dyn Db, _: &SystemScope, user: UserId) -> Result<Vec<Membership>> {
    sql("SELECT tenant_id, user_id, role, suspended, created_at, last_sign_in_at
         FROM memberships WHERE user_id = $1
         ORDER BY COALESCE(last_sign_in_at, 0) DESC, created_at, tenant_id")
    .bind(user)
    .all(db)
    .await
}

/// As [`of_user`], with the names of the tenants.
///
/// # Errors
/// The database is out of reach.
pub async fn places_of_user(db: &dyn Db, _: &SystemScope, user: UserId) -> Result<Vec<Place>> {
    sql("SELECT m.tenant_id, m.user_id, m.role, m.suspended, m.created_at, m.last_sign_in_at, t.name AS tenant_name
         FROM memberships m JOIN tenants t ON t.id = m.tenant_id
         WHERE m.user_id = $1
         ORDER BY COALESCE(m.last_sign_in_at, 0) DESC, m.created_at, m.tenant_id")
    .bind(user)
    .all(db)
    .await
}
