//! An installation with a clock that stands still until a test winds it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use backplane::limits::LocalLimits;
use identity::{Identity, IdentityConfig, NewOwner, Origin, PasswordCost, SignedIn, Tokens};
use model::{Clock, Role, Timestamp};
use store::Store;

use crate::databases::Place;

pub const PASSWORD: &str = "correct horse battery staple";
pub const ADA: &str = "ada@example.com";

pub struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

pub struct World {
    pub identity: Arc<Identity>,
    pub store: Store,
    pub clock: Arc<Hand>,
}

/// Cheap hashes: these tests are not about their cost.
pub fn config() -> IdentityConfig {
    IdentityConfig {
        issuer: "https://iot.example.com".into(),
        password_cost: PasswordCost { memory_kib: 64, iterations: 1, lanes: 1 },
        ..IdentityConfig::default()
    }
}

pub fn origin() -> Origin {
    origin_at(7)
}

pub fn origin_at(host: u8) -> Origin {
    Origin { address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, host)), client: "Firefox".into() }
}

pub fn owner(email: &str, tenant: &str) -> NewOwner {
    NewOwner {
        email: email.into(),
        password: PASSWORD.into(),
        name: Some("Ada".into()),
        tenant: tenant.into(),
        language: None,
    }
}

impl World {
    pub async fn new(place: &Place) -> Self {
        let clock = Arc::new(Hand(AtomicI64::new(1_800_000_000_000_000)));
        let identity = Self::node(&place.store, &clock, config()).await;
        Self { identity, store: place.store.clone(), clock }
    }

    /// Another process on the same store.
    pub async fn node(store: &Store, clock: &Arc<Hand>, config: IdentityConfig) -> Arc<Identity> {
        let limits = Arc::new(LocalLimits::new(clock.clone(), 10_000));
        Identity::open(store.clone(), limits, clock.clone(), config).await.unwrap()
    }

    /// With Ada, who owns the tenant Acme and is signed in.
    pub async fn with_ada(place: &Place) -> (Self, Tokens, SignedIn) {
        let world = Self::new(place).await;
        world.identity.create_owner(owner(ADA, "Acme")).await.unwrap();
        let tokens = world.sign_in(ADA).await;
        let ada = world.who(&tokens).await;
        (world, tokens, ada)
    }

    pub async fn sign_in(&self, email: &str) -> Tokens {
        self.identity.sign_in(email, PASSWORD, &origin()).await.unwrap()
    }

    pub async fn who(&self, tokens: &Tokens) -> SignedIn {
        self.identity.authenticate(&tokens.access_token).await.unwrap()
    }

    /// Somebody new in the tenant of `by`.
    pub async fn join(&self, by: &SignedIn, email: &str, role: Role) -> (Tokens, SignedIn) {
        let invited = self.identity.invite(&by.scope(), email, role).await.unwrap();
        let joined =
            self.identity.accept_invitation(&invited.token, Some("Bob"), None, PASSWORD, &origin()).await;
        let tokens = joined.unwrap();
        let who = self.who(&tokens).await;
        (tokens, who)
    }

    pub fn wait(&self, time: Duration) {
        self.clock.0.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::SeqCst);
    }

    pub fn wait_seconds(&self, seconds: u64) {
        self.wait(Duration::from_secs(seconds));
    }
}
