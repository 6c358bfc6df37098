//! Which files make up the lake, and how far into the journal they reach. The server keeps it in its database.

mod memory;

use async_trait::async_trait;
use backplane::journal::Offset;
use model::{DeviceId, TenantId, Timestamp};
use uuid::Uuid;

pub use memory::InMemoryCatalog;

use crate::TableSchema;

/// A file of the lake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub Uuid);

/// One Parquet file: whose it is, where it is, and what it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEntry {
    pub id: FileId,
    pub tenant: TenantId,
    pub table: String,
    /// Days since 1970 of its first row: the folder it is in. Sparse days share a file.
    pub day: i32,
    /// Below the blob directory.
    pub path: String,
    pub rows: u64,
    pub bytes: u64,
    pub min_ts: Timestamp,
    pub max_ts: Timestamp,
    pub min_device: DeviceId,
    pub max_device: DeviceId,
    /// CRC-32 of the whole file.
    pub checksum: u32,
    /// Why it is kept out of queries, when it is.
    pub quarantined: Option<String>,
}

/// A file found damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantine {
    pub file: FileId,
    pub reason: String,
}

/// One atomic step of the catalog.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CatalogChange {
    pub add: Vec<FileEntry>,
    pub remove: Vec<FileId>,
    pub quarantine: Vec<Quarantine>,
    /// Schemas to replace.
    pub schemas: Vec<(TenantId, TableSchema)>,
    /// The journal offset up to which all rows are in files.
    pub applied: Option<Offset>,
}

/// Everything the catalog knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CatalogState {
    pub files: Vec<FileEntry>,
    pub schemas: Vec<(TenantId, TableSchema)>,
    pub applied: Option<Offset>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct CatalogError {
    pub detail: String,
}

#[async_trait]
pub trait Catalog: Send + Sync + 'static {
    async fn load(&self) -> Result<CatalogState, CatalogError>;

    /// All of the change or nothing, durable when it returns.
    async fn commit(&self, change: CatalogChange) -> Result<(), CatalogError>;
}
