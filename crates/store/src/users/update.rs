use model::{Scope, UserId};

use crate::{Db, Result, sql};

/// Changes what a person says about themselves; `None` keeps what is there.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound), also for people of other tenants.
pub async fn update_profile(
    db: &dyn Db,
    scope: &Scope,
    id: UserId,
    name: Option<&str>,
    language: Option<&str>,
) -> Result<()> {
    sql("UPDATE users SET name = COALESCE($3, name), language = COALESCE($4, language)
         WHERE id = $2 AND id IN (SELECT user_id FROM memberships WHERE tenant_id = $1)")
    .bind(scope.tenant())
    .bind(id)
    .bind(name)
    .bind(language)
    .run(db)
    .await?
    .or_not_found("person")
}

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound), also for people of other tenants.
pub async fn set_password_hash(db: &dyn Db, scope: &Scope, id: UserId, hash: &str) -> Result<()> {
    sql("UPDATE users SET password_hash = $3
         WHERE id = $2 AND id IN (SELECT user_id FROM memberships WHERE tenant_id = $1)")
    .bind(scope.tenant())
    .bind(id)
    .bind(hash)
    .run(db)
    .await?
    .or_not_found("person")
}
