//! Tenants: the customers of an installation.

mod create;
mod find;
mod lock;
mod rename;

use model::{TenantId, Timestamp};

use crate::{FromRow, Result, Row};

pub use create::create;
pub use find::{any_owner, find, list_all};
pub use lock::lock;
pub use rename::rename;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    pub id: TenantId,
    pub name: String,
    pub created_at: Timestamp,
}

impl FromRow for Tenant {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { id: row.get("id")?, name: row.get("name")?, created_at: row.get("created_at")? })
    }
}
