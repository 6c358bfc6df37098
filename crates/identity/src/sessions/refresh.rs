//! Refresh tokens work once. Each one leads to exactly one next, so a session is a chain, never a tree:
//!
//! - the first use makes the next token;
//! - a second use means that two parties hold the same token: the session ends at once, for both.
//!
//! A client whose answer got lost would be signed out by that. It can name its attempt with a secret of its own, made
//! with the token and kept beside it: the same attempt with the same token gives *the same* next token again, as long as
//! that was not used. Nothing is stored of the attempt: the next token follows from it.

use model::{Scope, Timestamp, phrase};
use store::sessions::{self, RefreshToken};
use store::{Tx, memberships};

use super::{PREFIX, Tokens};
use crate::{Error, Identity, Origin, Result, SIGNING_IN, secret};

enum Step {
    /// This token was free: its successor takes its place.
    Forward,
    /// The attempt that used it asks again: the same successor once more.
    Repeated,
    Stolen,
}

impl Identity {
    /// New tokens for a refresh token, which works this once.
    ///
    /// # Errors
    /// As [`Self::refresh_in_attempt`].
    pub async fn refresh(&self, refresh_token: &str, origin: &Origin) -> Result<Tokens> {
        self.refresh_in_attempt(refresh_token, None, origin).await
    }

    /// New tokens for a refresh token; the same again for the same `attempt`, whose first answer may have been lost.
    ///
    /// # Errors
    /// [`Error::BadInput`] (the attempt is not one), [`Error::BadRefreshToken`], [`Error::ReusedRefreshToken`] (the session was ended), [`Error::SessionEnded`],
    /// [`Error::Suspended`], [`Error::NoTenant`], or the store is out of reach.
    pub async fn refresh_in_attempt(
        &self,
        refresh_token: &str,
        attempt: Option<&str>,
        origin: &Origin,
    ) -> Result<Tokens> {
        let attempt = attempt.map(checked_attempt).transpose()?;
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
        let used = format!("{refresh_token}{}", attempt.unwrap_or_default());
        let next = secret::next_in_chain(PREFIX, &session.chain_secret, &used);
        match self.step(&tx, &scope, &hash, attempt.map(|_| next.as_str()), now).await? {
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

    /// `repeatable` is the successor that this attempt would get again.
    async fn step(
        &self,
        tx: &Tx,
        scope: &Scope,
        hash: &str,
        repeatable: Option<&str>,
        now: Timestamp,
    ) -> Result<Step> {
        if sessions::use_refresh_token(tx, scope, hash, now).await? {
            return Ok(Step::Forward);
        }
        let Some(next) = repeatable else { return Ok(Step::Stolen) };
        // Read again: a request at the same time may have used it since we looked first.
        let used = sessions::by_refresh_token(tx, &SIGNING_IN, hash).await?.and_then(|token| token.used_at);
        let successor = sessions::by_refresh_token(tx, &SIGNING_IN, &secret::hash(next)).await?;
        let in_time = used.is_some_and(|used| now.since(used) <= self.config.refresh_repeat);
        let is_free = matches!(successor, Some(RefreshToken { used_at: None, .. }));
        Ok(if in_time && is_free { Step::Repeated } else { Step::Stolen })
    }
}

/// Long enough that nobody guesses it.
fn checked_attempt(attempt: &str) -> Result<&str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (22..=64).contains(&attempt.len()) && attempt.bytes().all(plain) {
        return Ok(attempt);
    }
    Err(Error::bad(
        "attempt",
        phrase!("attempt_malformed", "an attempt is 22 to 64 random letters, digits, - and _"),
    ))
}
