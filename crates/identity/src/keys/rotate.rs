//! Rotation. A new key is published for one access token's lifetime before it signs, and an old one is kept for as
//! long after: nobody meets a token whose key they cannot know.

use model::Explained as _;
use serde_json::Value;
use store::signing_keys::{self, SigningKey};

use super::generate::generate;
use crate::{Identity, Result, UPKEEP};

impl Identity {
    /// The public keys as a JSON Web Key Set.
    #[must_use]
    pub fn jwks(&self) -> Value {
        self.keys.published()
    }

    /// Adds a key that signs after the overlap. Returns its id.
    ///
    /// # Errors
    /// The store is out of reach.
    pub async fn rotate_keys(&self) -> Result<String> {
        let now = self.clock.now();
        let key = generate(now, now.plus(self.config.access_lifetime))?;
        signing_keys::add(&self.store, &UPKEEP, &key).await?;
        self.keys.reload(&self.store, now).await?;
        tracing::info!(kid = key.kid, signs_from = %key.signs_from, "added a signing key");
        Ok(key.kid)
    }

    /// Replaces every key at once, after a leak: all access tokens are refused from now on, and clients get new ones
    /// with their refresh tokens. Returns the id of the new key.
    ///
    /// # Errors
    /// The store is out of reach.
    pub async fn replace_keys(&self) -> Result<String> {
        let now = self.clock.now();
        let key = generate(now, now)?;
        let tx = self.store.begin().await?;
        for old in signing_keys::list(&tx, &UPKEEP).await? {
            signing_keys::remove(&tx, &UPKEEP, &old.kid).await?;
        }
        signing_keys::add(&tx, &UPKEEP, &key).await?;
        tx.commit().await?;
        self.keys.reload(&self.store, now).await?;
        tracing::warn!(kid = key.kid, "replaced every signing key");
        Ok(key.kid)
    }

    /// Starts a rotation when the newest key is old enough, and forgets keys that nothing valid can name any more.
    pub(crate) async fn upkeep_of_keys(&self) -> Result<()> {
        let now = self.clock.now();
        let keys = signing_keys::list(&self.store, &UPKEEP).await?;
        let newest = keys.first().map(|key| now.since(key.created_at));
        if newest.is_none_or(|age| age >= self.config.key_lifetime) {
            self.rotate_keys().await?;
        }
        for old in self.retired(&keys) {
            match signing_keys::remove(&self.store, &UPKEEP, &old.kid).await {
                // Another node was faster.
                Err(error) if error.is_not_found() => {}
                Err(error) => tracing::warn!(code = error.code(), "an old signing key could not be removed"),
                Ok(()) => {
                    tracing::info!(kid = old.kid, "removed a signing key that nothing valid names any more")
                }
            }
        }
        self.keys.reload(&self.store, now).await
    }

    /// A key is done when its successor has signed for longer than a token lives.
    fn retired<'a>(&self, keys: &'a [SigningKey]) -> Vec<&'a SigningKey> {
        let now = self.clock.now();
        let overlap = self.config.access_lifetime * 2;
        let pairs = keys.iter().zip(keys.iter().skip(1));
        let first_done = pairs.filter(|(successor, _)| now >= successor.signs_from.plus(overlap));
        let Some((_, done)) = first_done.into_iter().next() else { return Vec::new() };
        keys.iter().skip_while(|key| key.kid != done.kid).collect()
    }
}
