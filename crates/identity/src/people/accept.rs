use model::{Permission, Role, Timestamp};
use serde::Serialize;
use store::invitations::{self, Invitation};
use store::{StoreError, memberships, tenants, users};

use crate::owner::taken;
use crate::{Error, Identity, Origin, Result, SIGNING_IN, Tokens, secret};

/// What whoever holds an invitation's link may see.
#[derive(Clone, Debug, Serialize)]
pub struct Invitee {
    pub email: String,
    /// The name of the tenant that invites.
    pub tenant: String,
    pub role: Role,
    /// They have an account already, and accept with its password.
    pub known: bool,
    pub expires_at: Timestamp,
}

impl Identity {
    /// # Errors
    /// [`Error::BadInvitation`], or the store is out of reach.
    pub async fn invitation(&self, token: &str) -> Result<Invitee> {
        let invitation = self.open_invitation(token).await?;
        let tenant = tenants::find(&self.store, &SIGNING_IN.within(invitation.tenant)).await?;
        let known = users::by_email(&self.store, &SIGNING_IN, &invitation.email).await?.is_some();
        Ok(Invitee {
            email: invitation.email,
            tenant: tenant.name,
            role: invitation.role,
            known,
            expires_at: invitation.expires_at,
        })
    }

    /// Joins the tenant and signs in: with a new password, or with that of the account that exists.
    ///
    /// # Errors
    /// [`Error::BadInvitation`], [`Error::WrongCredentials`] (the account exists with another password),
    /// [`Error::BadInput`], [`Error::BadPassword`], [`Error::AlreadyMember`], [`Error::TooManyAttempts`], or the
    /// store is out of reach.
    pub async fn accept_invitation(
        &self,
        token: &str,
        name: Option<&str>,
        language: Option<&str>,
        password: &str,
        origin: &Origin,
    ) -> Result<Tokens> {
        self.throttle_address(origin).await?;
        let invitation = self.open_invitation(token).await?;
        let email = invitation.email.clone();
        let is_new = users::by_email(&self.store, &SIGNING_IN, &email).await?.is_none();
        let name = name.filter(|name| !name.trim().is_empty());
        let user = if is_new {
            self.new_user(email.clone(), name, language, password).await?
        } else {
            self.prove(&email, password, origin).await?
        };
        let scope = SIGNING_IN.within(invitation.tenant);
        let tx = self.store.begin().await?;
        // Of two who accept at the same time, one removes it.
        invitations::remove(&tx, &scope, invitation.id).await.map_err(gone)?;
        if is_new {
            users::create(&tx, &SIGNING_IN, &user).await.map_err(|error| taken(error, &email))?;
        }
        let added = memberships::add(&tx, &scope, user.id, invitation.role, self.clock.now()).await;
        added.map_err(|error| {
            if error.is_conflict("memberships_pkey") { Error::AlreadyMember { email } } else { error.into() }
        })?;
        tx.commit().await?;
        tracing::info!(tenant.id = %invitation.tenant, actor.id = %user.id, "accepted an invitation");
        self.start_session(invitation.tenant, user.id, invitation.role, origin).await
    }

    async fn open_invitation(&self, token: &str) -> Result<Invitation> {
        let found = invitations::by_token(&self.store, &SIGNING_IN, &secret::hash(token)).await?;
        let open = found.filter(|invitation| self.clock.now() < invitation.expires_at);
        let invitation = open.ok_or(Error::BadInvitation)?;
        // An invitation is worth what its author may do now: nobody keeps a way back in.
        let scope = SIGNING_IN.within(invitation.tenant);
        match memberships::find(&self.store, &scope, invitation.invited_by).await {
            Ok(author) if !author.suspended && author.role.allows(Permission::ManagePeople) => Ok(invitation),
            Ok(_) => Err(Error::BadInvitation),
            Err(error) => Err(gone(error)),
        }
    }
}

fn gone(error: StoreError) -> Error {
    if error.is_not_found() { Error::BadInvitation } else { error.into() }
}
