use model::{Role, Scope, Timestamp, UserId};

use crate::{Db, Result, sql};

/// Lets a person into the scope's tenant.
///
/// # Errors
/// A conflict on `memberships_pkey` when they belong to it already.
pub async fn add(db: &dyn Db, scope: &Scope, user: UserId, role: Role, now: Timestamp) -> Result<()> {
    sql("INSERT INTO memberships (tenant_id, user_id, role, suspended, created_at) VALUES ($1, $2, $3, FALSE, $4)")
        .bind(scope.tenant())
        .bind(user)
        .bind(role)
        .bind(now)
        .run(db)
        .await?
        .whatever();
    Ok(())
}
