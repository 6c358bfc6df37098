//! What all parts of the lake share: tables in memory, how far the journal is read, and the outside.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use backplane::blobs::LocalBlobs;
use backplane::journal::{Journal, Offset};
use model::{Clock, FieldKind, TenantId};
use parking_lot::{Mutex, RwLock};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use crate::catalog::CatalogChange;
use crate::files::LiveFile;
use crate::memtable::Table;
use crate::{Catalog, DeviceNames, LakeConfig, TableSchema};

pub(crate) struct Shared {
    pub config: LakeConfig,
    pub blobs: LocalBlobs,
    pub catalog: Arc<dyn Catalog>,
    pub journal: Arc<dyn Journal>,
    pub names: Arc<dyn DeviceNames>,
    pub clock: Arc<dyn Clock>,
    pub tables: Mutex<Tables>,
    /// Apart from the tables, so that asking for a kind never waits for a batch of rows.
    pub kinds: RwLock<Kinds>,
    /// The journal offset up to which rows can be queried.
    pub position: watch::Sender<Offset>,
    /// One reader, one flush and one catalog commit at a time.
    pub reading: tokio::sync::Mutex<()>,
    pub flushing: tokio::sync::Mutex<Flushing>,
    pub committing: tokio::sync::Mutex<()>,
    pub maintaining: tokio::sync::Mutex<()>,
    /// A flush may be due, or memory has become free.
    pub pressure: Notify,
    pub relief: Notify,
    /// Replaced files that a query may still be reading.
    pub graveyard: Mutex<Vec<Arc<LiveFile>>>,
    pub counters: Counters,
}

pub(crate) type Kinds = HashMap<TenantId, HashMap<String, HashMap<String, FieldKind>>>;

#[derive(Default)]
pub(crate) struct Tables {
    pub by_tenant: HashMap<TenantId, BTreeMap<String, Table>>,
    pub position: Offset,
    pub applied: Offset,
    /// In memory and not handed to a flush.
    pub rows: usize,
    pub bytes: usize,
    /// Handed to a flush that is not committed yet.
    pub flushing_rows: usize,
    pub flushing_bytes: usize,
    pub oldest: Option<Instant>,
    pub newest: Option<Instant>,
}

impl Tables {
    pub fn table(&mut self, tenant: TenantId, name: &str) -> &mut Table {
        let tables = self.by_tenant.entry(tenant).or_default();
        tables.entry(name.to_owned()).or_insert_with(|| Table::new(TableSchema::named(name)))
    }

    pub fn find(&mut self, tenant: TenantId, name: &str) -> Option<&mut Table> {
        self.by_tenant.get_mut(&tenant)?.get_mut(name)
    }
}

/// A flush whose files are written but whose commit has not been confirmed.
#[derive(Default)]
pub(crate) struct Flushing {
    pub pending: Option<CatalogChange>,
    pub last: Option<Instant>,
}

#[derive(Default)]
pub(crate) struct Counters {
    pub lost_records: AtomicU64,
    pub flushes: AtomicU64,
    pub compactions: AtomicU64,
    pub paused: AtomicBool,
    pub flush_error: RwLock<Option<String>>,
}

impl Counters {
    pub fn count(counter: &AtomicU64, by: u64) {
        counter.fetch_add(by, Ordering::Relaxed);
    }
}
