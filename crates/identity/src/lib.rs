//! Who people are, how they prove it, and what they may do: passwords, sessions, signing keys, invitations, roles.
//!
//! In: proofs (a password, a refresh token, a link's token, an access token). Out: tokens, or a [`SignedIn`] whose
//! scope every other crate takes as its permission. Invariants: no answer tells whether an address is known; only
//! hashes of secrets are stored; an ended session's tokens stop working; a tenant always keeps one active owner.
//! It knows neither HTTP nor any other domain.

mod access_token;
mod account;
mod authenticate;
mod config;
mod email;
mod error;
mod keys;
mod maintenance;
mod owner;
mod password;
mod people;
mod profile;
mod secret;
mod sessions;
mod setup;
mod sign_in;
mod throttle;

use std::net::IpAddr;
use std::sync::Arc;

use backplane::limits::Limits;
use model::{Clock, SystemScope};
use store::Store;

pub use account::{Me, OwnTenant, Person, ProfileChange, TenantView};
pub use authenticate::SignedIn;
pub use config::{IdentityConfig, PasswordCost, Throttling};
pub use error::{Error, Result};
pub use owner::NewOwner;
pub use people::{InvitationView, Invited, Invitee, PersonChange, PersonView};
pub use sessions::{SessionView, Tokens};
pub use setup::SetupOffer;

/// Before a proof was checked, nobody knows the tenant.
const SIGNING_IN: SystemScope = SystemScope::because("signing in");
const OWN_TENANTS: SystemScope = SystemScope::because("showing a person the tenants that they belong to");
const SETTING_UP: SystemScope = SystemScope::because("setting up the installation");
const UPKEEP: SystemScope = SystemScope::because("upkeep of sessions and keys");

/// Where a request comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    pub address: IpAddr,
    /// What the client says about itself: its `User-Agent`.
    pub client: String,
}

/// The domain. Share it in an `Arc`.
pub struct Identity {
    store: Store,
    clock: Arc<dyn Clock>,
    config: IdentityConfig,
    limits: Arc<dyn Limits>,
    hasher: password::Hasher,
    keys: keys::KeyRing,
    alive: authenticate::AliveSessions,
}

impl Identity {
    /// Loads the signing keys, making the first one when there is none.
    ///
    /// # Errors
    /// The store is out of reach, or the configured password cost is impossible.
    pub async fn open(
        store: Store,
        limits: Arc<dyn Limits>,
        clock: Arc<dyn Clock>,
        config: IdentityConfig,
    ) -> Result<Arc<Self>> {
        let hasher = password::Hasher::new(&config).await?;
        let keys = keys::KeyRing::open(&store, clock.now()).await?;
        let alive = authenticate::AliveSessions::default();
        Ok(Arc::new(Self { store, clock, config, limits, hasher, keys, alive }))
    }

    /// The issuer that access tokens name.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.config.issuer
    }
}
