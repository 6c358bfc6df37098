//! Who belongs to which tenant, with which role.

mod add;
mod find;
mod list;
mod update;

use std::fmt;

use model::{Role, TenantId, Timestamp, UserId};

use crate::{FromRow, Result, Row};

pub use add::add;
pub use find::{find, of_user, places_of_user};
pub use list::{active_owners, list};
pub use update::{set_role, set_suspended, signed_in};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub tenant: TenantId,
    pub user: UserId,
    pub role: Role,
    /// A suspended person keeps everything but cannot sign in.
    pub suspended: bool,
    pub created_at: Timestamp,
    pub last_sign_in_at: Option<Timestamp>,
}

impl FromRow for Membership {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            tenant: row.get("tenant_id")?,
            user: row.get("user_id")?,
            role: row.get("role")?,
            suspended: row.get("suspended")?,
            created_at: row.get("created_at")?,
            last_sign_in_at: row.get("last_sign_in_at")?,
        })
    }
}

/// A membership together with the tenant's name: what a person chooses from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub membership: Membership,
    pub tenant_name: String,
}

impl FromRow for Place {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { membership: Membership::from_row(row)?, tenant_name: row.get("tenant_name")? })
    }
}

/// A membership together with the person: what a list of people shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Member {
    pub membership: Membership,
    pub email: String,
    pub name: String,
}

impl FromRow for Member {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { membership: Membership::from_row(row)?, email: row.get("email")?, name: row.get("name")? })
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member").field("membership", &self.membership).finish_non_exhaustive()
    }
}
