//! Refresh tokens work once. Each one leads to exactly one next, so a session is a chain, never a tree:
//!
//! - the first use makes the next token;
//! - a second use within the grace time, while the next token was not used, gives *the same* next token again: the
//!   answer to the first got lost, or two tabs asked at the same time;
//! - any other second use means that two parties hold the same token: the session ends for both.

use model::{Scope, Timestamp};
use store::sessions::{self, RefreshToken};
use store::{Tx, memberships};

use super::{PREFIX, Tokens};
use crate::{Error, Identity, Origin, Result, SIGNING_IN, secret};

enum Step {
    /// This token was free: its successor takes its place.
    Forward,
    /// It was used a moment ago: the same successor once more.
    Repeated,
    Stolen,
}

impl Identity {
    /// New tokens for a refresh token.
    ///
    /// # Errors
    /// [`Error::BadRefreshToken`], [`Error::ReusedRefreshToken`] (the session was ended), [`Error::SessionEnded`],
    /// [`Error::Suspended`], [`Error::NoTenant`], or the store is out of reach.
    pub async fn refresh(&self, refresh_token: &str, origin: &Origin) -> Result<Tokens> {
        let now = self.clock.now();
        let hash = secret::hash(refresh_token);
        let known = sessions::by_refresh_token(&self.store, &SIGNING_IN, &hash).await?;
        let token = known.ok_or(Error::BadRefreshToken)?;
        let scope = SIGNING_IN.within(token.tenant);
        let tx = self.store.begin().await?;
        let session = sessions::find(&tx, &scope, token.session).await?;
        if !session.is_live(now) {
            return Err(Error::SessionEnded);
        }
        let membership = match memberships::find(&tx, &scope, session.user).await {
            Ok(membership) if membership.suspended => return Err(Error::Suspended),
            Ok(membership) => membership,
            Err(error) if error.is_not_found() => return Err(Error::NoTenant),
            Err(error) => return Err(error.into()),
        };
        let next = secret::next_in_chain(PREFIX, &session.chain_secret, refresh_token);
        match self.step(&tx, &scope, &hash, &next, now).await? {
            Step::Forward => {
                let place = token.sequence + 1;
                sessions::add_refresh_token(&tx, &scope, session.id, &secret::hash(&next), place, now)
                    .await?;
                sessions::touch(&tx, &scope, session.id, now, now.plus(self.config.session_idle)).await?;
                tx.commit().await?;
            }
            Step::Repeated => tx.rollback().await?,
            Step::Stolen => {
                sessions::end(&tx, &scope, session.id, now, "a refresh token was used twice").await?;
                tx.commit().await?;
                self.alive.forget(session.id);
                tracing::warn!(
                    tenant.id = %session.tenant, actor.id = %session.user, address = %origin.address,
                    "a refresh token was used twice: its session was ended"
                );
                return Err(Error::ReusedRefreshToken);
            }
        }
        self.tokens(session.tenant, session.user, session.id, membership.role, next)
    }

    async fn step(&self, tx: &Tx, scope: &Scope, hash: &str, next: &str, now: Timestamp) -> Result<Step> {
        if sessions::use_refresh_token(tx, scope, hash, now).await? {
            return Ok(Step::Forward);
        }
        // Read again: a request at the same time may have used it since we looked first.
        let used = sessions::by_refresh_token(tx, &SIGNING_IN, hash).await?.and_then(|token| token.used_at);
        let successor = sessions::by_refresh_token(tx, &SIGNING_IN, &secret::hash(next)).await?;
        let in_time = used.is_some_and(|used| now.since(used) <= self.config.refresh_grace);
        let is_free = matches!(successor, Some(RefreshToken { used_at: None, .. }));
        Ok(if in_time && is_free { Step::Repeated } else { Step::Stolen })
    }
}
