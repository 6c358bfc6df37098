//! A lake of its own for one test: a real local journal, a real directory, a catalog whose failures tests decide.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use backplane::journal::{Journal, LocalJournal, LocalJournalConfig};
use lake::{
    Catalog, CatalogChange, CatalogError, CatalogState, DeviceNames, InMemoryCatalog, Lake, LakeConfig,
    QueryError, QueryLimits, Rows,
};
use model::{
    Body, Clock, DeviceEvent, DeviceId, Point, Record, Scope, SystemScope, Telemetry, TenantId, Timestamp,
    Value,
};
use parking_lot::Mutex;
use serde_json::Value as Json;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// 2026-11-20T12:00:00Z.
pub const NOON: i64 = 1_795_176_000_000;

pub struct Place {
    pub directory: TempDir,
    pub catalog: Arc<FlakyCatalog>,
    pub journal: Arc<LocalJournal>,
    pub lake: Arc<Lake>,
    pub names: Arc<Names>,
    pub tenant: TenantId,
}

/// Noon, always.
pub struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(NOON)
    }
}

#[derive(Default)]
pub struct Names(pub Mutex<HashMap<DeviceId, String>>);

impl DeviceNames for Names {
    fn names(&self, _: TenantId) -> Arc<HashMap<DeviceId, String>> {
        Arc::new(self.0.lock().clone())
    }
}

/// What the next commit does.
#[repr(u8)]
pub enum Next {
    #[allow(dead_code, reason = "the default")]
    Works = 0,
    Refuses = 1,
    /// It happens, but nobody learns of it.
    LosesItsAnswer = 2,
}

#[derive(Default)]
pub struct FlakyCatalog {
    pub inner: InMemoryCatalog,
    next: AtomicU8,
}

impl FlakyCatalog {
    pub fn next(&self, next: Next) {
        self.next.store(next as u8, Ordering::SeqCst);
    }
}

#[async_trait]
impl Catalog for FlakyCatalog {
    async fn load(&self) -> Result<CatalogState, CatalogError> {
        self.inner.load().await
    }

    async fn commit(&self, change: CatalogChange) -> Result<(), CatalogError> {
        let refused = || CatalogError { detail: "the database is out of reach".into() };
        match self.next.swap(0, Ordering::SeqCst) {
            1 => Err(refused()),
            2 => {
                self.inner.commit(change).await?;
                Err(refused())
            }
            _ => self.inner.commit(change).await,
        }
    }
}

pub fn config() -> LakeConfig {
    LakeConfig {
        query_threads: 2,
        catch_up: Duration::from_millis(200),
        compact_files: 3,
        ..LakeConfig::default()
    }
}

impl Place {
    pub async fn new() -> Self {
        Self::with(config()).await
    }

    pub async fn with(config: LakeConfig) -> Self {
        let directory = TempDir::new().unwrap();
        let journal =
            LocalJournal::open(directory.path().join("journal"), LocalJournalConfig::default()).unwrap();
        let catalog = Arc::new(FlakyCatalog::default());
        let names = Arc::new(Names::default());
        let lake = open(&directory, config, &catalog, &journal, &names).await;
        Self { directory, catalog, journal, lake, names, tenant: TenantId::generate() }
    }

    /// As after kill -9: what is in memory is gone.
    pub async fn restart(self) -> Self {
        self.restart_with(config()).await
    }

    pub async fn restart_with(self, config: LakeConfig) -> Self {
        let Self { directory, catalog, journal, lake, names, tenant } = self;
        drop(lake);
        let lake = open(&directory, config, &catalog, &journal, &names).await;
        Self { directory, catalog, journal, lake, names, tenant }
    }

    pub fn scope(&self) -> Scope {
        scope(self.tenant)
    }

    pub async fn append(&self, records: Vec<Record>) -> u64 {
        self.journal.append(records.iter().map(|record| record.encode().unwrap()).collect()).await.unwrap()
    }

    /// One message with one point.
    pub async fn send(&self, profile: &str, device: DeviceId, millis: i64, values: &[(&str, Value)]) {
        self.append(vec![telemetry(self.tenant, profile, device, &[(millis, values)])]).await;
    }

    /// Reads all that is in the journal, without flushing.
    pub async fn catch_up(&self) {
        let stop = CancellationToken::new();
        let running = tokio::spawn(Arc::clone(&self.lake).run(stop.clone()));
        let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
        while self.lake.stats().position < self.journal.end() {
            assert!(tokio::time::Instant::now() < deadline, "the lake does not catch up");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        running.abort();
        let _ = running.await;
    }

    pub async fn query(&self, sql: &str) -> Rows {
        self.ask(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"))
    }

    pub async fn ask(&self, sql: &str) -> Result<Rows, QueryError> {
        self.lake.query(&self.scope(), sql, QueryLimits::default()).await
    }

    /// The only cell.
    pub async fn cell(&self, sql: &str) -> Json {
        let rows = self.query(sql).await;
        assert_eq!((rows.rows.len(), rows.columns.len()), (1, 1), "{sql}");
        rows.rows[0][0].clone()
    }

    pub fn parquet_files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        walk(&self.directory.path().join("blobs"), &mut found);
        found
    }
}

async fn open(
    directory: &TempDir,
    config: LakeConfig,
    catalog: &Arc<FlakyCatalog>,
    journal: &Arc<LocalJournal>,
    names: &Arc<Names>,
) -> Arc<Lake> {
    let blobs = directory.path().join("blobs");
    Lake::open(config, blobs, catalog.clone(), journal.clone(), names.clone(), Arc::new(Noon)).await.unwrap()
}

fn walk(folder: &std::path::Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, found) } else { found.push(path) }
    }
}

pub fn scope(tenant: TenantId) -> Scope {
    SystemScope::because("test").within(tenant)
}

pub fn telemetry(
    tenant: TenantId,
    profile: &str,
    device: DeviceId,
    points: &[(i64, &[(&str, Value)])],
) -> Record {
    let point = |(millis, values): &(i64, &[(&str, Value)])| Point {
        ts: Timestamp::from_millis(*millis),
        values: values.iter().map(|(name, value)| ((*name).into(), value.clone())).collect(),
    };
    Record {
        tenant,
        device: Some(device),
        at: Timestamp::from_millis(NOON),
        body: Body::Telemetry(Telemetry::of(profile, points.iter().map(point).collect())),
    }
}

pub fn event(tenant: TenantId, device: DeviceId, millis: i64, json: &str) -> Record {
    Record {
        tenant,
        device: Some(device),
        at: Timestamp::from_millis(millis + 5),
        body: Body::Event(DeviceEvent {
            profile: "camera".into(),
            ts: Timestamp::from_millis(millis),
            identity: None,
            json: json.into(),
        }),
    }
}

pub fn number(value: f64) -> Value {
    Value::Number(value)
}
