//! Open invitations into a tenant. Only the hash of a link's token is kept; a used one is deleted.

use std::fmt;

use model::{Role, Scope, SystemScope, TenantId, Timestamp, UserId};
use uuid::Uuid;

use crate::{Db, FromRow, Result, Row, StoreError, sql};

#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    pub id: Uuid,
    pub tenant: TenantId,
    pub email: String,
    pub role: Role,
    pub token_hash: String,
    pub invited_by: UserId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

impl FromRow for Invitation {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            tenant: row.get("tenant_id")?,
            email: row.get("email")?,
            role: row.get("role")?,
            token_hash: row.get("token_hash")?,
            invited_by: row.get("invited_by")?,
            created_at: row.get("created_at")?,
            expires_at: row.get("expires_at")?,
        })
    }
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation")
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

/// Adds an invitation. A second one for the same address takes the place of the first, whose link then fails.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound) when it is of another tenant than the scope.
pub async fn put(db: &dyn Db, scope: &Scope, invitation: &Invitation) -> Result<()> {
    if invitation.tenant != scope.tenant() {
        return Err(StoreError::NotFound { what: "tenant" });
    }
    sql(
        "INSERT INTO invitations (id, tenant_id, email, role, token_hash, invited_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (tenant_id, email) DO UPDATE SET id = excluded.id, role = excluded.role,
             token_hash = excluded.token_hash, invited_by = excluded.invited_by,
             created_at = excluded.created_at, expires_at = excluded.expires_at",
    )
    .bind(invitation.id)
    .bind(invitation.tenant)
    .bind(&invitation.email)
    .bind(invitation.role)
    .bind(&invitation.token_hash)
    .bind(invitation.invited_by)
    .bind(invitation.created_at)
    .bind(invitation.expires_at)
    .run(db)
    .await?
    .whatever();
    Ok(())
}

/// The tenant's invitations that can still be accepted.
///
/// # Errors
/// The database is out of reach.
pub async fn list(db: &dyn Db, scope: &Scope, now: Timestamp) -> Result<Vec<Invitation>> {
    sql("SELECT id, tenant_id, email, role, token_hash, invited_by, created_at, expires_at
         FROM invitations WHERE tenant_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id LIMIT 500")
    .bind(scope.tenant())
    .bind(now)
    .all(db)
    .await
}

/// The invitation behind a link: whoever follows it belongs to no tenant yet.
///
/// # Errors
/// The database is out of reach.
pub async fn by_token(db: &dyn Db, _: &SystemScope, token_hash: &str) -> Result<Option<Invitation>> {
    sql("SELECT id, tenant_id, email, role, token_hash, invited_by, created_at, expires_at
         FROM invitations WHERE token_hash = $1")
    .bind(token_hash)
    .optional(db)
    .await
}

/// Removes an invitation, because it was accepted or taken back.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound), also for invitations of other tenants: of two people who accept at the
/// same time, one gets this.
pub async fn remove(db: &dyn Db, scope: &Scope, id: Uuid) -> Result<()> {
    sql("DELETE FROM invitations WHERE tenant_id = $1 AND id = $2")
        .bind(scope.tenant())
        .bind(id)
        .run(db)
        .await?
        .or_not_found("invitation")
}
