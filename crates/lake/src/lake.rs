//! The lake's front door.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use backplane::journal::{Journal, Offset};
use model::{Clock, DeviceId, FieldKind, Scope, TenantId};
use tokio_util::sync::CancellationToken;

use crate::catalog::CatalogChange;
use crate::query::Engine;
use crate::state::Shared;
use crate::{
    Catalog, DeviceNames, EventsRequest, Extent, HistoryRequest, HistoryStream, LakeConfig, LakeError,
    LakeStats, QueryError, QueryLimits, Rows, Series, SeriesRequest, StoredEvent, TableSchema, events,
    extent, history, recover, series,
};

/// The reader's name in the journal.
pub(crate) const READER: &str = "lake";

/// See the crate's documentation.
pub struct Lake {
    pub(crate) shared: Arc<Shared>,
    pub(crate) engine: Arc<Engine>,
}

impl Lake {
    /// Loads the catalog, sweeps away files that no catalog entry names, and gets ready to read the journal on.
    ///
    /// # Errors
    /// The catalog or the blob directory cannot be read.
    pub async fn open(
        config: LakeConfig,
        blobs: PathBuf,
        catalog: Arc<dyn Catalog>,
        journal: Arc<dyn Journal>,
        names: Arc<dyn DeviceNames>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, LakeError> {
        let shared = recover::open(config, blobs, catalog, journal, names, clock).await?;
        let engine = Engine::start(&shared.config, shared.blobs.root())?;
        Ok(Arc::new(Self { shared: Arc::new(shared), engine: Arc::new(engine) }))
    }

    /// Reads the journal, flushes and compacts, until `stop` is cancelled; then flushes once more and returns.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let shared = &self.shared;
        tokio::join!(shared.follow(&stop), shared.flush_when_due(&stop), shared.maintain_until(&stop));
        if let Err(error) = shared.flush().await {
            tracing::warn!(%error, "the lake could not flush at the end; the rows are read from the journal again");
        }
    }

    /// Answers one read-only SQL query over the scope's tenant.
    ///
    /// # Errors
    /// The query is wrong, refused or exceeds its limits; every error says what to do.
    pub async fn query(&self, scope: &Scope, sql: &str, limits: QueryLimits) -> Result<Rows, QueryError> {
        self.engine.answer(&self.shared, scope.tenant(), sql, limits).await
    }

    /// The configured default limits.
    #[must_use]
    pub fn query_limits(&self) -> QueryLimits {
        self.shared.config.query
    }

    /// A device's fields over time, raw or in buckets.
    ///
    /// # Errors
    /// Unknown table or field, or the limits are exceeded.
    pub async fn series(&self, scope: &Scope, request: SeriesRequest) -> Result<Series, QueryError> {
        series::series(self, scope.tenant(), request).await
    }

    /// Newest first.
    ///
    /// # Errors
    /// The limits are exceeded or files cannot be read.
    pub async fn events(
        &self,
        scope: &Scope,
        request: EventsRequest,
    ) -> Result<Vec<StoredEvent>, QueryError> {
        events::events(self, scope.tenant(), request).await
    }

    /// Stored rows in order of time.
    ///
    /// # Errors
    /// Unknown table or field. Later errors come in the stream.
    pub async fn history(&self, scope: &Scope, request: HistoryRequest) -> Result<HistoryStream, QueryError> {
        history::history(self, scope.tenant(), request).await
    }

    /// First and last row of a table, of one device or all. Nothing when there is no such table.
    ///
    /// # Errors
    /// The limits are exceeded or files cannot be read.
    pub async fn extent(
        &self,
        scope: &Scope,
        table: &str,
        device: Option<DeviceId>,
    ) -> Result<Extent, QueryError> {
        extent::extent(self, scope.tenant(), table, device).await
    }

    /// The tenant's tables, by name.
    #[must_use]
    pub fn schemas(&self, tenant: TenantId) -> Vec<TableSchema> {
        let tables = self.shared.tables.lock();
        let named = tables.by_tenant.get(&tenant).into_iter().flat_map(|named| named.values());
        named.map(|table| TableSchema { rows: table.rows(), ..table.columns.schema.clone() }).collect()
    }

    /// A field's kind, cheaply.
    #[must_use]
    pub fn field_kind(&self, tenant: TenantId, table: &str, field: &str) -> Option<FieldKind> {
        self.shared.kinds.read().get(&tenant)?.get(table)?.get(field).copied()
    }

    /// Gives a field its unit, or takes it away.
    ///
    /// # Errors
    /// Unknown table or field, or the catalog cannot be written.
    pub async fn set_unit(
        &self,
        scope: &Scope,
        table: &str,
        field: &str,
        unit: Option<String>,
    ) -> Result<TableSchema, LakeError> {
        // A flush must not slip in between with a newer schema, which this one would then overwrite.
        let _one = self.shared.committing.lock().await;
        let before;
        let schema = {
            let mut tables = self.shared.tables.lock();
            let found = tables
                .find(scope.tenant(), table)
                .ok_or_else(|| LakeError::UnknownTable(table.to_owned()))?;
            let fields = &mut found.columns.schema.fields;
            let changed = fields.iter_mut().find(|known| known.name == field).ok_or_else(|| {
                LakeError::UnknownField { table: table.to_owned(), field: field.to_owned() }
            })?;
            before = std::mem::replace(&mut changed.unit, unit);
            TableSchema { rows: found.rows(), ..found.columns.schema.clone() }
        };
        let schemas = vec![(scope.tenant(), schema.clone())];
        let done = self.shared.catalog.commit(CatalogChange { schemas, ..CatalogChange::default() }).await;
        if done.is_err() {
            let mut tables = self.shared.tables.lock();
            let fields = tables.find(scope.tenant(), table).map(|found| &mut found.columns.schema.fields);
            if let Some(changed) =
                fields.and_then(|fields| fields.iter_mut().find(|known| known.name == field))
            {
                changed.unit = before;
            }
        }
        done?;
        Ok(schema)
    }

    /// Reads the journal to its present end and puts everything into files. Returns the offset that they reach.
    ///
    /// # Errors
    /// A file or the catalog could not be written. Nothing is lost; it can be tried again.
    pub async fn flush(&self) -> Result<Offset, LakeError> {
        let end = self.shared.journal.end();
        loop {
            let at = *self.shared.position.borrow();
            if at >= end {
                break;
            }
            if self.shared.memory_full() {
                self.shared.flush().await?;
            }
            self.shared.advance().await?;
        }
        self.shared.flush().await
    }

    /// Compacts and cleans up once, now.
    ///
    /// # Errors
    /// A file or the catalog could not be read or written.
    pub async fn maintain(&self) -> Result<(), LakeError> {
        self.shared.maintain().await
    }

    #[must_use]
    pub fn stats(&self) -> LakeStats {
        let counters = &self.shared.counters;
        let tables = self.shared.tables.lock();
        let mut stats = LakeStats {
            applied: tables.applied,
            position: tables.position,
            lag: self.shared.journal.end().saturating_sub(tables.position),
            lost_records: counters.lost_records.load(Ordering::Relaxed),
            flushes: counters.flushes.load(Ordering::Relaxed),
            compactions: counters.compactions.load(Ordering::Relaxed),
            flush_error: counters.flush_error.read().clone(),
            paused: self.shared.is_paused(),
            ..LakeStats::default()
        };
        for table in tables.by_tenant.values().flat_map(|named| named.values()) {
            stats.memory_rows += table.memory_rows();
            stats.memory_bytes += table.memory_bytes() as u64;
            stats.rows += table.rows();
            for file in &table.files {
                if file.damage().is_some() {
                    stats.quarantined_files += 1;
                    stats.quarantined_rows += file.entry.rows;
                } else {
                    stats.files += 1;
                    stats.bytes += file.entry.bytes;
                }
            }
        }
        stats
    }

    pub(crate) fn schema_of(&self, tenant: TenantId, table: &str) -> Option<TableSchema> {
        Some(self.shared.tables.lock().find(tenant, table)?.columns.schema.clone())
    }
}
