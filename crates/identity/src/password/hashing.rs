//! Argon2id, off the async workers, and only so many at once: a storm of sign-ins may wait, but not eat the memory.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::{Error, IdentityConfig, PasswordCost, Result};

/// Longer input is never hashed, and no stored password is longer.
const MAX_BYTES: usize = 1024;

pub(crate) struct Hasher {
    cost: PasswordCost,
    /// Who may hash now.
    running: Arc<Semaphore>,
    /// Who may hash or wait.
    admitted: Arc<Semaphore>,
    /// The hash of a password that nobody has: an unknown account takes as long as a known one.
    dummy: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Wrong,
    Right,
    /// Right, but the hash was made at a lower cost and should be renewed.
    RightButCheap,
}

impl Hasher {
    pub(crate) async fn new(config: &IdentityConfig) -> Result<Self> {
        let at_once = config.hashing_at_once.max(1);
        let mut hasher = Self {
            cost: config.password_cost,
            running: Arc::new(Semaphore::new(at_once)),
            admitted: Arc::new(Semaphore::new(at_once + config.hashing_queue)),
            dummy: String::new(),
        };
        hasher.dummy = hasher.hash(&crate::secret::token("")).await?;
        Ok(hasher)
    }

    pub(crate) async fn hash(&self, password: &str) -> Result<String> {
        let argon = argon(self.cost)?;
        let password = password.to_owned();
        self.off_thread(move || {
            let hash = argon.hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string()).map_err(|why| Error::Internal(format!("hashing failed: {why}")))
        })
        .await?
    }

    /// Compares with a stored hash. Without one it takes as long and is wrong.
    pub(crate) async fn verify(&self, password: &str, stored: Option<&str>) -> Result<Verdict> {
        let known = stored.is_some() && password.len() <= MAX_BYTES;
        let stored = if known { stored.unwrap_or(&self.dummy) } else { &self.dummy }.to_owned();
        let password = if password.len() <= MAX_BYTES { password.to_owned() } else { String::new() };
        let cost = self.cost;
        let verdict = self.off_thread(move || compare(&password, &stored, cost)).await??;
        Ok(if known { verdict } else { Verdict::Wrong })
    }

    async fn off_thread<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| Error::Busy)?;
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(|_| Error::Busy)?;
        // The permits go along: a caller who gives up must not make room for more than we can bear.
        let work = move || {
            let result = work();
            drop((admitted, running));
            result
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|why| Error::Internal(format!("hashing failed: {why}")))
    }
}

fn argon(cost: PasswordCost) -> Result<Argon2<'static>> {
    let params = Params::new(cost.memory_kib, cost.iterations, cost.lanes, None)
        .map_err(|why| Error::Internal(format!("the password cost is impossible: {why}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn compare(password: &str, stored: &str, cost: PasswordCost) -> Result<Verdict> {
    let stored = PasswordHash::new(stored)
        .map_err(|why| Error::Internal(format!("a stored hash cannot be read: {why}")))?;
    if Argon2::default().verify_password(password.as_bytes(), &stored).is_err() {
        return Ok(Verdict::Wrong);
    }
    let is_current = Params::try_from(&stored).is_ok_and(|made| {
        made.m_cost() >= cost.memory_kib && made.t_cost() >= cost.iterations && made.p_cost() >= cost.lanes
    });
    Ok(if is_current { Verdict::Right } else { Verdict::RightButCheap })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: PasswordCost = PasswordCost { memory_kib: 64, iterations: 1, lanes: 1 };

    fn config(cost: PasswordCost) -> IdentityConfig {
        IdentityConfig {
            password_cost: cost,
            hashing_at_once: 1,
            hashing_queue: 1,
            ..IdentityConfig::default()
        }
    }

    #[tokio::test]
    async fn a_password_is_recognised_and_a_cheap_hash_noticed() {
        let cheap = Hasher::new(&config(CHEAP)).await.unwrap();
        let dearer = Hasher::new(&config(PasswordCost { iterations: 2, ..CHEAP })).await.unwrap();
        let hash = cheap.hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        assert_eq!(cheap.verify("correct horse", Some(&hash)).await.unwrap(), Verdict::Right);
        assert_eq!(dearer.verify("correct horse", Some(&hash)).await.unwrap(), Verdict::RightButCheap);
        assert_eq!(cheap.verify("wrong horse", Some(&hash)).await.unwrap(), Verdict::Wrong);
        assert_eq!(cheap.verify("correct horse", None).await.unwrap(), Verdict::Wrong);
        assert_eq!(cheap.verify(&"x".repeat(5000), Some(&hash)).await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_storm_is_refused_as_busy() {
        let hasher = Hasher::new(&config(CHEAP)).await.unwrap();
        let held = hasher.running.acquire().await.unwrap();
        let mut waiting: Vec<_> = (0..2).map(|_| Box::pin(hasher.hash("a"))).collect();
        for future in &mut waiting {
            assert!(futures::poll!(future).is_pending());
        }
        assert!(matches!(hasher.hash("b").await, Err(Error::Busy)));
        drop(held);
        for future in waiting {
            future.await.unwrap();
        }
    }

    #[test]
    fn the_default_cost_is_what_owasp_asks() {
        let cost = PasswordCost::default();
        assert!(cost.memory_kib >= 19_456 && cost.iterations >= 2 && cost.lanes >= 1);
    }
}
