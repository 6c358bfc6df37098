//! One table as the query engine sees it: the files that can matter, together with what is in memory.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringViewArray, UInt64Array};
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::stats::Precision;
use datafusion::common::{Column, ColumnStatistics, DFSchema, Result, ScalarValue, Statistics};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::expressions::col;
use datafusion::physical_expr::{LexOrdering, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::union::UnionExec;
use model::Phrase;
use parking_lot::Mutex;

use crate::chunk::{Chunk, ts_column};
use crate::columns::{DEVICE, SEQ, TS};
use crate::files::LiveFile;
use crate::state::Shared;
use crate::usable::is_usable;
use crate::wanted::Wanted;

/// What one query leaves behind: sentences for its reader, and the files it read.
#[derive(Default)]
pub(crate) struct Notes {
    warnings: Mutex<Vec<Phrase>>,
    files: Mutex<Vec<Arc<LiveFile>>>,
}

impl Notes {
    pub fn take_warnings(&self) -> Vec<Phrase> {
        let mut warnings = std::mem::take(&mut *self.warnings.lock());
        warnings.dedup();
        warnings
    }

    pub fn take_files(&self) -> Vec<Arc<LiveFile>> {
        std::mem::take(&mut *self.files.lock())
    }
}

pub(crate) struct StoredTable {
    pub schema: SchemaRef,
    pub chunks: Vec<Arc<Chunk>>,
    /// Held for as long as the query runs, so that compaction does not delete them under it.
    pub files: Vec<Arc<LiveFile>>,
    pub shared: Arc<Shared>,
    pub url: ObjectStoreUrl,
    pub notes: Arc<Notes>,
}

impl std::fmt::Debug for StoredTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoredTable({} files, {} chunks)", self.files.len(), self.chunks.len())
    }
}

#[async_trait]
impl TableProvider for StoredTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let usable = filters.iter().filter(|filter| is_usable(filter)).cloned();
        let predicate = match conjunction(usable) {
            None => None,
            Some(filter) => {
                let schema = DFSchema::try_from(Arc::clone(&self.schema))?;
                Some(state.create_physical_expr(filter, &schema)?)
            }
        };
        let files = self.files_for(predicate.as_ref())?;
        let (files, warnings) = self.shared.sound(files).await;
        self.notes.warnings.lock().extend(warnings);
        self.notes.files.lock().extend(files.iter().cloned());
        let partitions = state.config().target_partitions().max(1);
        let mut inputs: Vec<Arc<dyn ExecutionPlan>> = Vec::new();
        if !files.is_empty() {
            inputs.push(self.scan_files(state, &files, projection, predicate, partitions)?);
        }
        if !self.chunks.is_empty() || inputs.is_empty() {
            inputs.push(self.scan_memory(projection, &Wanted::by(filters), partitions)?);
        }
        match inputs.pop() {
            Some(only) if inputs.is_empty() => Ok(only),
            Some(last) => {
                inputs.push(last);
                UnionExec::try_new(inputs)
            }
            None => self.scan_memory(projection, &Wanted::by(filters), partitions),
        }
    }
}

impl StoredTable {
    /// The files that can hold rows for the predicate, by their times and devices.
    fn files_for(&self, predicate: Option<&Arc<dyn PhysicalExpr>>) -> Result<Vec<Arc<LiveFile>>> {
        let Some(predicate) = predicate else { return Ok(self.files.clone()) };
        let pruning = PruningPredicateBuilder::new()
            .with_file_schema(Arc::clone(&self.schema))
            .try_build(Arc::clone(predicate));
        // A predicate that says nothing about files selects them all.
        let Ok(pruning) = pruning else { return Ok(self.files.clone()) };
        let kept = pruning.prune(&Ranges(&self.files))?;
        Ok(self.files.iter().zip(kept).filter(|(_, kept)| *kept).map(|(file, _)| Arc::clone(file)).collect())
    }

    fn scan_files(
        &self,
        state: &dyn Session,
        files: &[Arc<LiveFile>],
        projection: Option<&Vec<usize>>,
        predicate: Option<Arc<dyn PhysicalExpr>>,
        partitions: usize,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let env = state.runtime_env();
        let reader = CachedParquetFileReaderFactory::new(
            env.object_store(&self.url)?,
            env.cache_manager.get_file_metadata_cache(),
        );
        let mut source = ParquetSource::new(Arc::clone(&self.schema))
            .with_table_parquet_options(state.default_table_options().parquet)
            .with_parquet_file_reader_factory(Arc::new(reader));
        if let Some(predicate) = predicate {
            source = source.with_predicate(predicate);
        }
        let mut builder = FileScanConfigBuilder::new(self.url.clone(), Arc::new(source))
            .with_statistics(self.statistics(files))
            .with_file_groups(self.groups(files, partitions))
            .with_projection_indices(projection.cloned())?;
        // Each file is in order. Several in one group are not, one after the other.
        if files.len() <= partitions {
            builder = builder.with_output_ordering(self.ordering()?.into_iter().collect());
        }
        Ok(DataSourceExec::from_data_source(builder.build()))
    }

    /// Biggest first into the emptiest group: the groups end up about equally big.
    fn groups(&self, files: &[Arc<LiveFile>], partitions: usize) -> Vec<FileGroup> {
        let mut by_size: Vec<&Arc<LiveFile>> = files.iter().collect();
        by_size.sort_by_key(|file| std::cmp::Reverse(file.entry.bytes));
        let mut groups: Vec<(u64, Vec<PartitionedFile>)> = Vec::new();
        groups.resize_with(partitions.min(files.len()).max(1), Default::default);
        for file in by_size {
            let mut partitioned = PartitionedFile::new(file.entry.path.clone(), file.entry.bytes);
            partitioned.statistics = Some(Arc::new(self.statistics(std::slice::from_ref(file))));
            if let Some(emptiest) = groups.iter_mut().min_by_key(|(bytes, _)| *bytes) {
                emptiest.0 += file.entry.bytes;
                emptiest.1.push(partitioned);
            }
        }
        groups.into_iter().map(|(_, files)| FileGroup::new(files)).collect()
    }

    fn ordering(&self) -> Result<Option<LexOrdering>> {
        let options = SortOptions { descending: false, nulls_first: false };
        let by: Result<Vec<_>> = [DEVICE, TS, SEQ]
            .iter()
            .map(|name| Ok(PhysicalSortExpr::new(col(name, &self.schema)?, options)))
            .collect();
        Ok(LexOrdering::new(by?))
    }

    fn statistics(&self, files: &[Arc<LiveFile>]) -> Statistics {
        let rows: u64 = files.iter().map(|file| file.entry.rows).sum();
        let mut columns = vec![ColumnStatistics::new_unknown(); self.schema.fields().len()];
        let mut bound = |name: &str, min: Option<ScalarValue>, max: Option<ScalarValue>| {
            let column = self.schema.index_of(name).ok().and_then(|at| columns.get_mut(at));
            if let (Some(column), Some(min), Some(max)) = (column, min, max) {
                column.min_value = Precision::Exact(min);
                column.max_value = Precision::Exact(max);
                column.null_count = Precision::Exact(0);
            }
        };
        let ts = |micros: i64| ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into()));
        let device = |device: model::DeviceId| ScalarValue::Utf8View(Some(device.to_string()));
        let entries = || files.iter().map(|file| &file.entry);
        bound(
            TS,
            entries().map(|entry| entry.min_ts.as_micros()).min().map(ts),
            entries().map(|entry| entry.max_ts.as_micros()).max().map(ts),
        );
        bound(
            DEVICE,
            entries().map(|entry| entry.min_device).min().map(device),
            entries().map(|entry| entry.max_device).max().map(device),
        );
        Statistics {
            num_rows: Precision::Exact(usize::try_from(rows).unwrap_or(usize::MAX)),
            total_byte_size: Precision::Absent,
            column_statistics: columns,
        }
    }

    fn scan_memory(
        &self,
        projection: Option<&Vec<usize>>,
        wanted: &Wanted,
        partitions: usize,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = match projection {
            Some(projection) => Arc::new(self.schema.project(projection)?),
            None => Arc::clone(&self.schema),
        };
        let mut split: Vec<Vec<RecordBatch>> = vec![Vec::new(); partitions.min(self.chunks.len()).max(1)];
        let wide = split.len();
        for (at, chunk) in self.chunks.iter().enumerate() {
            if let (Some(partition), Some(batch)) = (split.get_mut(at % wide), wanted.of(chunk, &schema)?) {
                partition.push(batch);
            }
        }
        Ok(MemorySourceConfig::try_new_exec(&split, schema, None)?)
    }
}

/// The files' ranges, for the engine's own reasoning about predicates.
struct Ranges<'a>(&'a [Arc<LiveFile>]);

impl PruningStatistics for Ranges<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        match column.name.as_str() {
            TS => Some(ts_column(self.0.iter().map(|file| file.entry.min_ts.as_micros()))),
            DEVICE => Some(Arc::new(
                self.0
                    .iter()
                    .map(|file| Some(file.entry.min_device.to_string()))
                    .collect::<StringViewArray>(),
            )),
            _ => None,
        }
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        match column.name.as_str() {
            TS => Some(ts_column(self.0.iter().map(|file| file.entry.max_ts.as_micros()))),
            DEVICE => Some(Arc::new(
                self.0
                    .iter()
                    .map(|file| Some(file.entry.max_device.to_string()))
                    .collect::<StringViewArray>(),
            )),
            _ => None,
        }
    }

    fn num_containers(&self) -> usize {
        self.0.len()
    }

    fn null_counts(&self, column: &Column) -> Option<ArrayRef> {
        let known = matches!(column.name.as_str(), TS | DEVICE);
        known.then(|| Arc::new(UInt64Array::from_value(0, self.0.len())) as ArrayRef)
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        Some(Arc::new(UInt64Array::from_iter_values(self.0.iter().map(|file| file.entry.rows))))
    }

    fn contained(&self, _: &Column, _: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}
