//! The lake's catalog: its files, its tables' definitions and the journal offset they reach. One lake serves all
//! tenants, so these functions take a [`SystemScope`]; each row names its tenant, and only that tenant's queries
//! are given it.

mod change;
mod load;

use model::{DeviceId, TenantId, Timestamp};
use uuid::Uuid;

use crate::{FromRow, Result, Row};

pub use change::{add, quarantine, remove, save_progress, save_schema};
pub use load::{files, progress, schemas};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LakeFile {
    pub id: Uuid,
    pub tenant: TenantId,
    pub table: String,
    /// Days since 1970.
    pub day: i64,
    pub path: String,
    pub rows: u64,
    pub bytes: u64,
    pub min_ts: Timestamp,
    pub max_ts: Timestamp,
    pub min_device: DeviceId,
    pub max_device: DeviceId,
    pub checksum: u64,
    pub quarantined: Option<String>,
}

impl FromRow for LakeFile {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            tenant: row.get("tenant_id")?,
            table: row.get("table_name")?,
            day: row.get("day")?,
            path: row.get("path")?,
            rows: row.get("row_count")?,
            bytes: row.get("byte_count")?,
            min_ts: row.get("min_ts")?,
            max_ts: row.get("max_ts")?,
            min_device: row.get("min_device")?,
            max_device: row.get("max_device")?,
            checksum: row.get("checksum")?,
            quarantined: row.get("quarantined")?,
        })
    }
}

/// A table's definition, opaque to the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LakeSchema {
    pub tenant: TenantId,
    pub table: String,
    pub definition: String,
}

impl FromRow for LakeSchema {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            tenant: row.get("tenant_id")?,
            table: row.get("table_name")?,
            definition: row.get("definition")?,
        })
    }
}
