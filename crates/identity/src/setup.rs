//! The first owner: whoever reads the server's output may make one, once. There is no default password.

use model::{Role, Timestamp};
use store::{setup_tokens, tenants};

use crate::owner::NewOwner;
use crate::{Error, Identity, Origin, Result, SETTING_UP, Tokens, secret};

/// A fresh setup token, to be printed where only the operator reads.
pub struct SetupOffer {
    pub token: String,
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for SetupOffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetupOffer").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl Identity {
    /// # Errors
    /// The store is out of reach.
    pub async fn needs_setup(&self) -> Result<bool> {
        Ok(!tenants::any_owner(&self.store, &SETTING_UP).await?)
    }

    /// A new token in place of any earlier one, unless there is an owner: the server asks at every start.
    ///
    /// # Errors
    /// The store is out of reach.
    pub async fn offer_setup(&self) -> Result<Option<SetupOffer>> {
        if !self.needs_setup().await? {
            return Ok(None);
        }
        let token = secret::token("setup_");
        let expires_at = self.clock.now().plus(self.config.setup_lifetime);
        setup_tokens::put(&self.store, &SETTING_UP, &secret::hash(&token), expires_at).await?;
        Ok(Some(SetupOffer { token, expires_at }))
    }

    /// Makes the first tenant with its owner, and signs the owner in. A mistake in the input leaves the token valid.
    ///
    /// # Errors
    /// [`Error::AlreadySetUp`], [`Error::BadSetupToken`], [`Error::TooManyAttempts`], what
    /// [`create_owner`](Self::create_owner) may answer, or the store is out of reach.
    pub async fn setup(&self, token: &str, owner: NewOwner, origin: &Origin) -> Result<Tokens> {
        self.throttle_address(origin).await?;
        if !self.needs_setup().await? {
            return Err(Error::AlreadySetUp);
        }
        let hash = secret::hash(token);
        if !setup_tokens::is_valid(&self.store, &SETTING_UP, &hash, self.clock.now()).await? {
            return Err(Error::BadSetupToken);
        }
        let ready = self.ready_owner(owner).await?;
        let tx = self.store.begin().await?;
        // Of two who come at the same time with the same token, one deletes it.
        if !setup_tokens::consume(&tx, &SETTING_UP, &hash, self.clock.now()).await? {
            return Err(Error::BadSetupToken);
        }
        if tenants::any_owner(&tx, &SETTING_UP).await? {
            return Err(Error::AlreadySetUp);
        }
        let (tenant, user) = self.add_owner(&tx, &ready).await?;
        tx.commit().await?;
        tracing::info!(tenant.id = %tenant, actor.id = %user, "the installation has its first owner");
        self.start_session(tenant, user, Role::Owner, origin).await
    }
}
