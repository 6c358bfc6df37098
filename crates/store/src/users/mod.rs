//! People. A person exists once; [`memberships`](crate::memberships) say where they belong and with which role.

mod create;
mod find;
mod update;

use std::fmt;

use model::{Timestamp, UserId};

use crate::{FromRow, Result, Row};

pub use create::create;
pub use find::{by_email, find};
pub use update::{set_password_hash, update_profile};

#[derive(Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// Normalised: trimmed and in lower case. Unique in the installation.
    pub email: String,
    pub name: String,
    pub language: String,
    pub password_hash: String,
    pub created_at: Timestamp,
}

impl FromRow for User {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            email: row.get("email")?,
            name: row.get("name")?,
            language: row.get("language")?,
            password_hash: row.get("password_hash")?,
            created_at: row.get("created_at")?,
        })
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id).finish_non_exhaustive()
    }
}
