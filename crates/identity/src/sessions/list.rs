use model::{Actor, Scope, SessionId, Timestamp};
use serde::Serialize;
use store::sessions;

use crate::{Error, Identity, Result};

/// A session as its person sees it.
#[derive(Clone, Debug, Serialize)]
pub struct SessionView {
    pub id: SessionId,
    pub client: String,
    pub address: String,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    pub expires_at: Timestamp,
    /// The session that asks.
    pub current: bool,
}

impl Identity {
    /// The person's own live sessions in this tenant, the one used last first.
    ///
    /// # Errors
    /// [`Error::NotAPerson`], or the store is out of reach.
    pub async fn sessions(&self, scope: &Scope) -> Result<Vec<SessionView>> {
        let &Actor::User { id: user, session: own, .. } = scope.actor() else {
            return Err(Error::NotAPerson);
        };
        let live = sessions::list_of_user(&self.store, scope, user, self.clock.now()).await?;
        let view = |session: sessions::Session| SessionView {
            current: session.id == own,
            id: session.id,
            client: session.client,
            address: session.address,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
        };
        Ok(live.into_iter().map(view).collect())
    }
}
