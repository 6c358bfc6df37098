//! Keeps MQTT sessions that outlive their connection in the store.

use std::sync::Arc;

use async_trait::async_trait;
use broker::{SessionChange, SessionKey, SessionStore, SessionStoreError};
use bytes::Bytes;
use model::{Clock, SystemScope};
use store::{Store, StoreError, mqtt_sessions};

const SCOPE: SystemScope = SystemScope::because("keeping MQTT sessions over restarts");

pub struct StoredSessions {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
}

#[async_trait]
impl SessionStore for StoredSessions {
    async fn load_all(&self) -> Result<Vec<(SessionKey, Bytes)>, SessionStoreError> {
        let sessions =
            mqtt_sessions::list_all(&self.store, &SCOPE, self.clock.now()).await.map_err(unavailable)?;
        let keyed = sessions.into_iter().map(|session| {
            let key = SessionKey {
                tenant: session.tenant,
                device: session.device,
                client_id: session.client_id.into(),
            };
            (key, session.state.into())
        });
        Ok(keyed.collect())
    }

    async fn apply(&self, changes: Vec<SessionChange>) -> Result<(), SessionStoreError> {
        let tx = self.store.begin().await.map_err(unavailable)?;
        let now = self.clock.now();
        for SessionChange { key, image } in changes {
            let scope = SCOPE.within(key.tenant);
            match image {
                Some(image) => {
                    // The image holds its own expiry, which the broker minds.
                    mqtt_sessions::save(&tx, &scope, key.device, &key.client_id, &image, now, None).await
                }
                None => mqtt_sessions::delete(&tx, &scope, key.device, &key.client_id).await,
            }
            .map_err(unavailable)?;
        }
        tx.commit().await.map_err(unavailable)
    }
}

fn unavailable(error: StoreError) -> SessionStoreError {
    SessionStoreError(error.to_string())
}
