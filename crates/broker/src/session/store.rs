//! Where sessions that outlive their connection are kept.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use model::{DeviceId, TenantId};
use parking_lot::Mutex;

/// A session's identity. The tenant and device come from authentication, so that a client id can be anything and
/// still never touch a session of somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionKey {
    pub tenant: TenantId,
    pub device: DeviceId,
    pub client_id: Arc<str>,
}

/// A session to keep (its image replaces an earlier one) or, without an image, to forget.
#[derive(Clone, Debug)]
pub struct SessionChange {
    pub key: SessionKey,
    /// Opaque and versioned by the broker.
    pub image: Option<Bytes>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("MQTT sessions cannot be stored: {0}")]
pub struct SessionStoreError(pub String);

#[async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// All kept sessions, read once at start.
    async fn load_all(&self) -> Result<Vec<(SessionKey, Bytes)>, SessionStoreError>;

    /// Applies all changes, in order and best in one transaction; returns when they are durable.
    async fn apply(&self, changes: Vec<SessionChange>) -> Result<(), SessionStoreError>;
}

/// Keeps sessions for as long as the process lives: for tests and for servers whose sessions need not survive a restart.
#[derive(Debug, Default)]
pub struct MemorySessionStore {
    images: Mutex<HashMap<SessionKey, Bytes>>,
}

#[async_trait]
impl SessionStore for MemorySessionStore {
    async fn load_all(&self) -> Result<Vec<(SessionKey, Bytes)>, SessionStoreError> {
        Ok(self.images.lock().iter().map(|(key, image)| (key.clone(), image.clone())).collect())
    }

    async fn apply(&self, changes: Vec<SessionChange>) -> Result<(), SessionStoreError> {
        let mut images = self.images.lock();
        for SessionChange { key, image } in changes {
            match image {
                Some(image) => images.insert(key, image),
                None => images.remove(&key),
            };
        }
        Ok(())
    }
}
