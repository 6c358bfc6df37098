use model::{Permission, Role, Scope, Timestamp};
use serde::Serialize;
use store::invitations::{self, Invitation};
use store::{memberships, users};
use uuid::Uuid;

use crate::{Error, Identity, Result, SIGNING_IN, email, secret};

/// A fresh invitation. The token is shown this once.
#[derive(Clone, Serialize)]
pub struct Invited {
    pub id: Uuid,
    pub email: String,
    pub role: Role,
    pub token: String,
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for Invited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invited").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

/// An invitation that nobody has accepted yet.
#[derive(Clone, Debug, Serialize)]
pub struct InvitationView {
    pub id: Uuid,
    pub email: String,
    pub role: Role,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

impl Identity {
    /// Invites an address into the tenant. A second invitation replaces the first, whose link stops working.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::BadInput`], [`Error::AlreadyMember`], or the store is out of reach.
    pub async fn invite(&self, scope: &Scope, email: &str, role: Role) -> Result<Invited> {
        scope.require(Permission::ManagePeople)?;
        let invited_by = scope.user().ok_or(Error::NotAPerson)?;
        let email = email::checked(email)?;
        if let Some(user) = users::by_email(&self.store, &SIGNING_IN, &email).await? {
            match memberships::find(&self.store, scope, user.id).await {
                Ok(_) => return Err(Error::AlreadyMember { email }),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error.into()),
            }
        }
        let token = secret::token("invite_");
        let now = self.clock.now();
        let invitation = Invitation {
            id: Uuid::now_v7(),
            tenant: scope.tenant(),
            email,
            role,
            token_hash: secret::hash(&token),
            invited_by,
            created_at: now,
            expires_at: now.plus(self.config.invitation_lifetime),
        };
        invitations::put(&self.store, scope, &invitation).await?;
        tracing::info!(tenant.id = %scope.tenant(), actor.id = %invited_by, %role, "invited somebody");
        let Invitation { id, email, role, expires_at, .. } = invitation;
        Ok(Invited { id, email, role, token, expires_at })
    }

    /// # Errors
    /// [`Error::Denied`], or the store is out of reach.
    pub async fn invitations(&self, scope: &Scope) -> Result<Vec<InvitationView>> {
        scope.require(Permission::ManagePeople)?;
        let open = invitations::list(&self.store, scope, self.clock.now()).await?;
        let view = |invitation: Invitation| InvitationView {
            id: invitation.id,
            email: invitation.email,
            role: invitation.role,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
        };
        Ok(open.into_iter().map(view).collect())
    }

    /// Takes an invitation back: its link stops working.
    ///
    /// # Errors
    /// [`Error::Denied`], not found, or the store is out of reach.
    pub async fn revoke_invitation(&self, scope: &Scope, id: Uuid) -> Result<()> {
        scope.require(Permission::ManagePeople)?;
        invitations::remove(&self.store, scope, id).await?;
        Ok(())
    }
}
