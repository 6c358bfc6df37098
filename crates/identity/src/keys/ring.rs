//! The keys in memory: the newest one that may sign does, and every one that is kept verifies.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use model::Timestamp;
use parking_lot::RwLock;
use serde_json::{Value, json};
use store::Store;
use store::signing_keys::{self, SigningKey};

use super::generate::generate;
use crate::{Error, Result, UPKEEP};

/// A token with an unknown key makes us look for new keys at most this often.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

pub(crate) struct KeyRing {
    ring: RwLock<Arc<Ring>>,
}

struct Ring {
    /// The one that signs last first.
    signing: Vec<Signer>,
    verifying: HashMap<String, DecodingKey>,
    published: Value,
    loaded_at: Timestamp,
}

#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) kid: String,
    pub(crate) key: EncodingKey,
    signs_from: Timestamp,
}

impl KeyRing {
    pub(crate) async fn open(store: &Store, now: Timestamp) -> Result<Self> {
        if signing_keys::list(store, &UPKEEP).await?.is_empty() {
            signing_keys::add(store, &UPKEEP, &generate(now, now)?).await?;
        }
        let keys = signing_keys::list(store, &UPKEEP).await?;
        Ok(Self { ring: RwLock::new(Arc::new(Ring::new(&keys, now))) })
    }

    pub(crate) async fn reload(&self, store: &Store, now: Timestamp) -> Result<()> {
        let keys = signing_keys::list(store, &UPKEEP).await?;
        *self.ring.write() = Arc::new(Ring::new(&keys, now));
        Ok(())
    }

    /// The key that signs now.
    pub(crate) fn signer(&self, now: Timestamp) -> Result<Signer> {
        let ring = Arc::clone(&self.ring.read());
        let due = ring.signing.iter().find(|signer| signer.signs_from <= now);
        // With a clock that went back every key may lie in the future; the oldest is published longest.
        let signer = due.or_else(|| ring.signing.last());
        signer.cloned().ok_or_else(|| Error::Internal("there is no signing key".to_owned()))
    }

    /// The key that a token names, looking for one that another node may have added.
    pub(crate) async fn verifier(&self, store: &Store, kid: &str, now: Timestamp) -> Result<DecodingKey> {
        let ring = Arc::clone(&self.ring.read());
        if let Some(key) = ring.verifying.get(kid) {
            return Ok(key.clone());
        }
        if now.since(ring.loaded_at) >= LOOK_AGAIN {
            self.reload(store, now).await?;
        }
        self.ring.read().verifying.get(kid).cloned().ok_or(Error::BadToken)
    }

    pub(crate) fn published(&self) -> Value {
        self.ring.read().published.clone()
    }
}

impl Ring {
    fn new(keys: &[SigningKey], now: Timestamp) -> Self {
        let signing = keys.iter().map(|key| Signer {
            kid: key.kid.clone(),
            key: EncodingKey::from_ed_der(&key.private_key),
            signs_from: key.signs_from,
        });
        // Ed25519 verifies with the bare public key.
        let verifying = keys.iter().map(|key| (key.kid.clone(), DecodingKey::from_ed_der(&key.public_key)));
        let published = keys.iter().map(|key| {
            json!({
                "kty": "OKP",
                "crv": "Ed25519",
                "use": "sig",
                "alg": "EdDSA",
                "kid": key.kid,
                "x": URL_SAFE_NO_PAD.encode(&key.public_key),
            })
        });
        Self {
            signing: signing.collect(),
            verifying: verifying.collect(),
            published: json!({ "keys": published.collect::<Vec<_>>() }),
            loaded_at: now,
        }
    }
}
