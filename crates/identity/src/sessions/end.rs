use model::{Scope, SessionId};
use store::{StoreError, sessions};

use crate::{Error, Identity, Result, SIGNING_IN, secret};

impl Identity {
    /// Ends the session of a refresh token. One that is not known is as good as ended.
    ///
    /// # Errors
    /// The store is out of reach.
    pub async fn sign_out(&self, refresh_token: &str) -> Result<()> {
        let hash = secret::hash(refresh_token);
        let Some(token) = sessions::by_refresh_token(&self.store, &SIGNING_IN, &hash).await? else {
            return Ok(());
        };
        let scope = SIGNING_IN.within(token.tenant);
        sessions::end(&self.store, &scope, token.session, self.clock.now(), "signed out").await?;
        self.alive.forget(token.session);
        Ok(())
    }

    /// Ends one of the person's own sessions.
    ///
    /// # Errors
    /// Not found when it is somebody else's; [`Error::NotAPerson`]; or the store is out of reach.
    pub async fn end_session(&self, scope: &Scope, session: SessionId) -> Result<()> {
        let user = scope.user().ok_or(Error::NotAPerson)?;
        if sessions::find(&self.store, scope, session).await?.user != user {
            return Err(StoreError::NotFound { what: "session" }.into());
        }
        sessions::end(&self.store, scope, session, self.clock.now(), "ended by its person").await?;
        self.alive.forget(session);
        Ok(())
    }
}
