use model::{Role, Scope, Timestamp, UserId};

use crate::{Db, Result, sql};

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound) when the person does not belong to the scope's tenant.
pub async fn set_role(db: &dyn Db, scope: &Scope, user: UserId, role: Role) -> Result<()> {
    sql("UPDATE memberships SET role = $3 WHERE tenant_id = $1 AND user_id = $2")
        .bind(scope.tenant())
        .bind(user)
        .bind(role)
        .run(db)
        .await?
        .or_not_found("person")
}

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound) when the person does not belong to the scope's tenant.
pub async fn set_suspended(db: &dyn Db, scope: &Scope, user: UserId, suspended: bool) -> Result<()> {
    sql("UPDATE memberships SET suspended = $3 WHERE tenant_id = $1 AND user_id = $2")
        .bind(scope.tenant())
        .bind(user)
        .bind(suspended)
        .run(db)
        .await?
        .or_not_found("person")
}

/// Notes that a person signed in, so that their next sign-in leads to the same tenant.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound) when the person does not belong to the scope's tenant.
pub async fn signed_in(db: &dyn Db, scope: &Scope, user: UserId, now: Timestamp) -> Result<()> {
    sql("UPDATE memberships SET last_sign_in_at = $3 WHERE tenant_id = $1 AND user_id = $2")
        .bind(scope.tenant())
        .bind(user)
        .bind(now)
        .run(db)
        .await?
        .or_not_found("person")
}
