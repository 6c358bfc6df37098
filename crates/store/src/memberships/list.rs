use model::{Role, Scope};

use super::Member;
use crate::{Db, Page, PageRequest, Result, sql};

/// The people of a tenant by address.
///
/// # Errors
/// [`BadCursor`](crate::StoreError::BadCursor), or the database is out of reach.
pub async fn list(db: &dyn Db, scope: &Scope, page: &PageRequest) -> Result<Page<Member>> {
    let after: Option<String> = page.after()?;
    let members: Vec<Member> = sql("SELECT m.tenant_id, m.user_id, m.role, m.suspended, m.created_at,
                m.last_sign_in_at, u.email, u.name
         FROM memberships m JOIN users u ON u.id = m.user_id
         WHERE m.tenant_id = $1 AND u.email > $2
         ORDER BY u.email LIMIT $3")
    .bind(scope.tenant())
    .bind(after.unwrap_or_default())
    .bind(page.probe())
    .all(db)
    .await?;
    Page::of(members, page, |member| member.email.clone())
}

/// How many people could still manage the tenant. Lock the tenant first when a change depends on it.
///
/// # Errors
/// The database is out of reach.
pub async fn active_owners(db: &dyn Db, scope: &Scope) -> Result<u64> {
    let owners: i64 =
        sql("SELECT COUNT(*) AS n FROM memberships WHERE tenant_id = $1 AND role = $2 AND suspended = FALSE")
            .bind(scope.tenant())
            .bind(Role::Owner)
            .one(db, "count")
            .await?;
    Ok(owners.unsigned_abs())
}
