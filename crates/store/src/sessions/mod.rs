//! Sign-ins, and the chain of single-use refresh tokens that each one hangs on.

mod end;
mod find;
mod refresh_token;
mod start;

use std::fmt;

use model::{SessionId, TenantId, Timestamp, UserId};

use crate::{FromRow, Result, Row};

pub use end::{end, end_all_of_user, prune};
pub use find::{find, list_of_user};
pub use refresh_token::{
    RefreshToken, add_refresh_token, by_refresh_token, latest_sequence, use_refresh_token,
};
pub use start::{start, touch};

#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub tenant: TenantId,
    pub user: UserId,
    /// Mixed into each refresh token to make the next one.
    pub chain_secret: Vec<u8>,
    /// What the person signed in with: the start of the `User-Agent`.
    pub client: String,
    /// The network address that it came from.
    pub address: String,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    pub expires_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub end_reason: Option<String>,
}

impl Session {
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("id", &self.id).field("user", &self.user).finish_non_exhaustive()
    }
}

impl FromRow for Session {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            tenant: row.get("tenant_id")?,
            user: row.get("user_id")?,
            chain_secret: row.get("chain_secret")?,
            client: row.get("client")?,
            address: row.get("address")?,
            created_at: row.get("created_at")?,
            last_used_at: row.get("last_used_at")?,
            expires_at: row.get("expires_at")?,
            ended_at: row.get("ended_at")?,
            end_reason: row.get("end_reason")?,
        })
    }
}
