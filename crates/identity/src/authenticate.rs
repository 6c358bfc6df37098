//! From an access token to a scope: the token must be ours, its session alive and its person not suspended.
//!
//! The session's state is remembered for a few seconds. Changes through this process are seen at once; those that
//! another node or the command line made, when the memory has faded.

use std::collections::HashMap;
use std::time::Duration;

use model::{Actor, Role, Scope, SessionId, TenantId, Timestamp, UserId};
use parking_lot::Mutex;
use store::{memberships, sessions};

use crate::{Error, Identity, Result, SIGNING_IN};

const MEMORY: Duration = Duration::from_secs(10);
const MAX_REMEMBERED: usize = 50_000;

/// Somebody whose access token was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub tenant: TenantId,
    pub user: UserId,
    /// As it is now, not as it was when the token was made.
    pub role: Role,
    pub session: SessionId,
}

impl SignedIn {
    #[must_use]
    pub const fn scope(&self) -> Scope {
        let actor = Actor::User { id: self.user, role: self.role, session: self.session };
        Scope::authenticated(self.tenant, actor)
    }
}

#[derive(Clone, Copy)]
struct Standing {
    user: UserId,
    role: Role,
    session_expires_at: Timestamp,
    seen_at: Timestamp,
}

/// What is remembered of sessions that were alive a moment ago.
#[derive(Default)]
pub(crate) struct AliveSessions(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    standings: HashMap<SessionId, Standing>,
    /// Counts what was forgotten: a state that was read before may be outdated and is not remembered.
    generation: u64,
}

impl AliveSessions {
    fn get(&self, session: SessionId, now: Timestamp) -> (Option<Standing>, u64) {
        let memory = self.0.lock();
        let standing = memory.standings.get(&session).copied();
        (standing.filter(|standing| now.since(standing.seen_at) < MEMORY), memory.generation)
    }

    fn remember(&self, session: SessionId, standing: Standing, generation: u64) {
        let mut memory = self.0.lock();
        if memory.generation != generation {
            return;
        }
        if memory.standings.len() >= MAX_REMEMBERED {
            memory.standings.retain(|_, known| standing.seen_at.since(known.seen_at) < MEMORY);
        }
        if memory.standings.len() < MAX_REMEMBERED {
            memory.standings.insert(session, standing);
        }
    }

    /// After a session ended.
    pub(crate) fn forget(&self, session: SessionId) {
        let mut memory = self.0.lock();
        memory.generation = memory.generation.wrapping_add(1);
        memory.standings.remove(&session);
    }

    /// After a person's role or standing changed.
    pub(crate) fn forget_user(&self, user: UserId) {
        let mut memory = self.0.lock();
        memory.generation = memory.generation.wrapping_add(1);
        memory.standings.retain(|_, standing| standing.user != user);
    }
}

impl Identity {
    /// Who holds this access token.
    ///
    /// # Errors
    /// [`Error::BadToken`], [`Error::ExpiredToken`], [`Error::SessionEnded`], [`Error::Suspended`],
    /// [`Error::NoTenant`], or the store is out of reach.
    pub async fn authenticate(&self, bearer: &str) -> Result<SignedIn> {
        let claims = self.read_access_token(bearer).await?;
        let role = self.role_in_session(claims.tid, claims.sub, claims.sid).await?;
        Ok(SignedIn { tenant: claims.tid, user: claims.sub, role, session: claims.sid })
    }

    /// Whether a session that was authenticated before still is: long-lived connections ask now and then. When the
    /// store cannot say, it is.
    pub async fn is_alive(&self, scope: &Scope, session: SessionId) -> bool {
        let Some(user) = scope.user() else { return false };
        match self.role_in_session(scope.tenant(), user, session).await {
            Ok(_) | Err(Error::Store(_)) => true,
            Err(_) => false,
        }
    }

    async fn role_in_session(&self, tenant: TenantId, user: UserId, session: SessionId) -> Result<Role> {
        let now = self.clock.now();
        let (remembered, generation) = self.alive.get(session, now);
        let standing = match remembered {
            Some(standing) => standing,
            None => {
                let standing = self.load_standing(tenant, user, session, now).await?;
                self.alive.remember(session, standing, generation);
                standing
            }
        };
        if standing.user != user {
            return Err(Error::BadToken);
        }
        if now >= standing.session_expires_at {
            return Err(Error::SessionEnded);
        }
        Ok(standing.role)
    }

    async fn load_standing(
        &self,
        tenant: TenantId,
        user: UserId,
        session: SessionId,
        now: Timestamp,
    ) -> Result<Standing> {
        let scope = SIGNING_IN.within(tenant);
        let session = match sessions::find(&self.store, &scope, session).await {
            Ok(session) if session.user == user && session.is_live(now) => session,
            Ok(_) => return Err(Error::SessionEnded),
            Err(error) if error.is_not_found() => return Err(Error::SessionEnded),
            Err(error) => return Err(error.into()),
        };
        let membership = match memberships::find(&self.store, &scope, user).await {
            Ok(membership) => membership,
            Err(error) if error.is_not_found() => return Err(Error::NoTenant),
            Err(error) => return Err(error.into()),
        };
        if membership.suspended {
            return Err(Error::Suspended);
        }
        Ok(Standing { user, role: membership.role, session_expires_at: session.expires_at, seen_at: now })
    }
}
