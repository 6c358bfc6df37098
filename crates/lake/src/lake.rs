//! The lake's front door.

use std::path::PathBuf;
use std::sync::Arc;

use backplane::journal::{Journal, Offset};
use model::{Clock, DeviceId, Scope, TenantId};
use tokio_util::sync::CancellationToken;

use crate::{
    Catalog, DeviceNames, EventsRequest, Extent, FieldKind, HistoryRequest, HistoryStream, LakeConfig, LakeError,
    LakeStats, QueryError, QueryLimits, Rows, Series, SeriesRequest, StoredEvent, TableSchema,
};

/// The reader's name in the journal.
pub const READER: &str = "lake";

/// See the crate's documentation.
pub struct Lake {
    _nothing: (),
}

#[allow(clippy::todo, clippy::unused_async, reason = "signatures first")]
impl Lake {
    /// Loads the catalog, sweeps away files that no catalog entry names, and gets ready to read the journal on.
    ///
    /// # Errors
    /// The catalog or the blob directory cannot be read.
    pub async fn open(
        _config: LakeConfig,
        _blobs: PathBuf,
        _catalog: Arc<dyn Catalog>,
        _journal: Arc<dyn Journal>,
        _names: Arc<dyn DeviceNames>,
        _clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, LakeError> {
        todo!()
    }

    /// Reads the journal, flushes and compacts, until `stop` is cancelled; then flushes once more and returns.
    pub async fn run(self: Arc<Self>, _stop: CancellationToken) {
        todo!()
    }

    /// Answers one read-only SQL query over the scope's tenant.
    ///
    /// # Errors
    /// The query is wrong, refused or exceeds its limits; every error says what to do.
    pub async fn query(&self, _scope: &Scope, _sql: &str, _limits: QueryLimits) -> Result<Rows, QueryError> {
        todo!()
    }

    /// The configured default limits.
    #[must_use]
    pub fn query_limits(&self) -> QueryLimits {
        todo!()
    }

    /// # Errors
    /// Unknown table or field, or the limits are exceeded.
    pub async fn series(&self, _scope: &Scope, _request: SeriesRequest) -> Result<Series, QueryError> {
        todo!()
    }

    /// Newest first.
    ///
    /// # Errors
    /// The limits are exceeded or files cannot be read.
    pub async fn events(&self, _scope: &Scope, _request: EventsRequest) -> Result<Vec<StoredEvent>, QueryError> {
        todo!()
    }

    /// # Errors
    /// Unknown table or field. Later errors come in the stream.
    pub async fn history(&self, _scope: &Scope, _request: HistoryRequest) -> Result<HistoryStream, QueryError> {
        todo!()
    }

    /// First and last row of a table, of one device or all. Nothing when there is no such table.
    ///
    /// # Errors
    /// The limits are exceeded or files cannot be read.
    pub async fn extent(&self, _scope: &Scope, _table: &str, _device: Option<DeviceId>) -> Result<Extent, QueryError> {
        todo!()
    }

    /// The tenant's tables, by name.
    #[must_use]
    pub fn schemas(&self, _tenant: TenantId) -> Vec<TableSchema> {
        todo!()
    }

    /// A field's kind, cheaply.
    #[must_use]
    pub fn field_kind(&self, _tenant: TenantId, _table: &str, _field: &str) -> Option<FieldKind> {
        todo!()
    }

    /// Gives a field its unit, or takes it away.
    ///
    /// # Errors
    /// Unknown table or field, or the catalog cannot be written.
    pub async fn set_unit(
        &self,
        _scope: &Scope,
        _table: &str,
        _field: &str,
        _unit: Option<String>,
    ) -> Result<TableSchema, LakeError> {
        todo!()
    }

    /// Reads the journal to its present end and puts everything into files.
    ///
    /// # Errors
    /// A file or the catalog could not be written. Nothing is lost; it can be tried again.
    pub async fn flush(&self) -> Result<Offset, LakeError> {
        todo!()
    }

    /// Compacts and cleans up once, now.
    ///
    /// # Errors
    /// A file or the catalog could not be read or written.
    pub async fn maintain(&self) -> Result<(), LakeError> {
        todo!()
    }

    #[must_use]
    pub fn stats(&self) -> LakeStats {
        todo!()
    }
}
