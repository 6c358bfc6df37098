//! How often something may happen: sign-ins of an address, requests of a token, messages of a device.
//!
//! In: a key and its quota. Out: a decision with the figures that a refusal has to explain. The in-process adapter
//! forgets keys that are back at their full allowance, so memory stays bounded whatever strangers send. It does not
//! know what a key stands for, and keys of different kinds must be told apart by whoever makes them (`login:1.2.3.4`).

mod local;

use std::time::Duration;

use async_trait::async_trait;

pub use local::LocalLimits;

/// `burst` at once, and in the long run `burst` in every `per`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub burst: u32,
    pub per: Duration,
}

impl Quota {
    #[must_use]
    pub const fn new(burst: u32, per: Duration) -> Self {
        Self { burst, per }
    }
}

/// Whether it may happen now. A refused hit costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    pub allowed: bool,
    /// How many more would be allowed right now.
    pub remaining: u32,
    /// After a refusal: when the next one is allowed. Zero when allowed.
    pub retry_after: Duration,
    /// When the full burst is available again.
    pub reset: Duration,
}

/// Counts hits against quotas. In a cluster this is one shared counter, hence async.
#[async_trait]
pub trait Limits: Send + Sync + 'static {
    async fn hit(&self, key: &str, quota: Quota) -> Decision;

    /// Gives the key its full allowance back (a sign-in succeeded).
    async fn clear(&self, key: &str);
}
