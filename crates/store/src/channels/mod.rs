//! Where notices go: mailboxes and webhooks.

mod create;
mod delete;
mod find;
mod update;

use std::fmt;

use model::{ChannelId, Severity, Timestamp};

use crate::{FromRow, Result, Row};

pub use create::create;
pub use delete::delete;
pub use find::{enabled, find, list};
pub use update::{rotate_secret, update};

#[derive(Clone, PartialEq, Eq)]
pub struct Channel {
    pub id: ChannelId,
    pub name: String,
    /// `email` or `webhook`.
    pub kind: String,
    /// An address or a URL.
    pub target: String,
    pub min_severity: Severity,
    pub language: String,
    pub enabled: bool,
    /// Webhooks only; never shown again after it was made.
    pub secret: Option<String>,
    pub previous_secret: Option<String>,
    pub previous_secret_until: Option<Timestamp>,
    pub created_at: Timestamp,
}

pub(super) const COLUMNS: &str = "id, name, kind, target, min_severity, language, enabled, secret, previous_secret, \
     previous_secret_until, created_at";

impl FromRow for Channel {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            kind: row.get("kind")?,
            target: row.get("target")?,
            min_severity: row.get("min_severity")?,
            language: row.get("language")?,
            enabled: row.get("enabled")?,
            secret: row.get("secret")?,
            previous_secret: row.get("previous_secret")?,
            previous_secret_until: row.get("previous_secret_until")?,
            created_at: row.get("created_at")?,
        })
    }
}

/// Without secrets, and without the target: a webhook's URL often is a secret itself.
impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}
