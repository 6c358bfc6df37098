use model::{Scope, SystemScope, UserId};

use super::User;
use crate::{Db, Result, sql};

/// A person who belongs to the scope's tenant.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound), also for people of other tenants.
pub async fn find(db: &dyn Db, scope: &Scope, id: UserId) -> Result<User> {
    sql("SELECT u.id, u.email, u.name, u.language, u.password_hash, u.created_at
         FROM users u JOIN memberships m ON m.user_id = u.id
         WHERE m.tenant_id = $1 AND u.id = $2")
    .bind(scope.tenant())
    .bind(id)
    .one(db, "person")
    .await
}

/// For signing in, where the address is all that is known.
///
/// # Errors
/// The database is out of reach.
pub async fn by_email(db: &dyn Db, _: &SystemScope, email: &str) -> Result<Option<User>> {
    sql("SELECT id, email, name, language, password_hash, created_at FROM users WHERE email = $1")
        .bind(email)
        .optional(db)
        .await
}
