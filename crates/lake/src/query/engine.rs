//! Where queries run: threads of their own, so that a heavy query never delays a device's acknowledgement, and what
//! they share: caches of file footers. Memory and time are each query's own.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use datafusion::arrow::array::RecordBatch;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::SessionState;
use datafusion::execution::{FunctionRegistry, SessionStateBuilder};
use datafusion::logical_expr::ScalarUDF;
use datafusion::object_store::local::LocalFileSystem;
use datafusion::prelude::SessionConfig;
use model::{Phrase, TenantId, phrase};
use parking_lot::RwLock;

use super::answer;
use super::bounded;
use super::corrected;
use super::date_trunc::DateTrunc;
use super::threads::Threads;
use super::turns::{Share, Turns};
use crate::config::{LakeConfig, QueryLimits};
use crate::error::{LakeError, QueryError};
use crate::state::Shared;

pub(crate) const CATALOG: &str = "lake";
pub(crate) const SCHEMA: &str = "public";
const FILES: &str = "lake://files";
const FOOTER_CACHE_BYTES: usize = 24 << 20;

pub(crate) struct Engine {
    turns: Arc<Turns>,
    /// None: the lake is closing.
    threads: Arc<RwLock<Option<Arc<Threads>>>>,
    template: SessionState,
    env: Arc<RuntimeEnv>,
    files: ObjectStoreUrl,
    catch_up: Duration,
}

/// What one query gets.
pub(crate) struct Seat {
    pub template: SessionState,
    pub env: Arc<RuntimeEnv>,
    pub files: ObjectStoreUrl,
    pub limits: QueryLimits,
    /// Given back when nothing of the query is left.
    pub share: Arc<Share>,
}

/// The result of one of the lake's own queries.
pub(crate) struct Batches {
    pub batches: Vec<RecordBatch>,
    pub warnings: Vec<Phrase>,
}

impl Batches {
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

impl Engine {
    pub fn start(config: &LakeConfig, root: &std::path::Path) -> Result<Self, LakeError> {
        let failed = |error: &dyn std::fmt::Display| LakeError::Engine(error.to_string());
        let threads = match config.query_threads {
            0 => std::thread::available_parallelism().map_or(2, usize::from),
            threads => threads,
        };
        let pool = Arc::new(Threads::start(threads).map_err(|error| failed(&error))?);
        let disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled);
        let env = RuntimeEnvBuilder::new()
            .with_disk_manager_builder(disk)
            .with_metadata_cache_limit(FOOTER_CACHE_BYTES)
            .build_arc()
            .map_err(|error| failed(&error))?;
        let files = ObjectStoreUrl::parse(FILES).map_err(|error| failed(&error))?;
        let store = LocalFileSystem::new_with_prefix(root).map_err(|error| failed(&error))?;
        env.register_object_store(files.as_ref(), Arc::new(store));
        let mut session = SessionConfig::new()
            .with_information_schema(true)
            .with_target_partitions(threads)
            .with_default_catalog_and_schema(CATALOG, SCHEMA)
            .with_create_default_catalog_and_schema(false);
        session.options_mut().execution.parquet.pushdown_filters = true;
        session.options_mut().execution.parquet.reorder_filters = true;
        // The engine's own check of its plans takes `e IS TRUE` beside DISTINCT for a mistake.
        session.options_mut().execution.skip_physical_aggregate_schema_check = true;
        session.options_mut().execution.time_zone = Some("UTC".to_owned());
        // Some queries with DISTINCT and LIMIT fail with it ("Ordering direction required").
        session.options_mut().optimizer.enable_topk_aggregation = false;
        // For parts of structures, which no table of ours has; plans that rename columns fail with it
        // (apache/datafusion#25446).
        session.options_mut().optimizer.enable_leaf_expression_pushdown = false;
        let template = SessionStateBuilder::new()
            .with_default_features()
            .with_config(session)
            .with_runtime_env(Arc::clone(&env))
            .build();
        let mut template = corrected::corrected(template);
        let date_trunc = Arc::new(ScalarUDF::new_from_impl(DateTrunc::default()));
        template.register_udf(date_trunc).map_err(|error| failed(&error))?;
        bounded::remove_unbounded(&mut template).map_err(|error| failed(&error))?;
        let threads = Arc::new(RwLock::new(Some(pool)));
        Ok(Self { turns: Arc::default(), threads, template, env, files, catch_up: config.catch_up })
    }

    fn seat(&self, limits: QueryLimits, share: Arc<Share>) -> Seat {
        let env = RuntimeEnv {
            memory_pool: Arc::new(GreedyMemoryPool::new(limits.memory)),
            disk_manager: Arc::clone(&self.env.disk_manager),
            cache_manager: Arc::clone(&self.env.cache_manager),
            object_store_registry: Arc::clone(&self.env.object_store_registry),
        };
        Seat { template: self.template.clone(), env: Arc::new(env), files: self.files.clone(), limits, share }
    }

    /// Runs on the query threads when it is the tenant's turn; stops it when it takes too long or its caller goes away.
    pub(super) async fn run<T, F>(
        &self,
        tenant: TenantId,
        limits: QueryLimits,
        work: impl FnOnce(Seat) -> F,
    ) -> Result<T, QueryError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, QueryError>> + Send + 'static,
    {
        let limit = limits.time;
        let gone =
            || QueryError::Unavailable { detail: phrase!("lake_shutting_down", "the lake is shutting down") };
        let Ok(turn) = tokio::time::timeout(limit, self.turns.take(tenant)).await else {
            return Err(QueryError::Busy { waiting: self.turns.waiting(tenant) });
        };
        let turn = turn?;
        let work = work(self.seat(limits, Arc::clone(&turn.share)));
        let threads = self.threads.read().clone().ok_or_else(gone)?;
        let task = threads.spawn(&self.threads, work);
        match tokio::time::timeout(limit, task).await {
            Err(_) => Err(QueryError::TooSlow { limit }),
            Ok(Ok(done)) => done,
            Ok(Err(error)) if error.is_panic() => Err(QueryError::Internal {
                detail: "the query engine stopped; it has been logged".to_owned(),
            }),
            Ok(Err(_)) => Err(gone()),
        }
    }

    /// Waits, not for long, until what the journal holds now can be queried. A sentence when it could not be.
    pub(super) async fn catch_up(&self, shared: &Shared) -> Option<Phrase> {
        let end = shared.journal.end();
        let mut position = shared.position.subscribe();
        let caught_up = position.wait_for(|position| *position >= end);
        if tokio::time::timeout(self.catch_up, caught_up).await.is_ok() {
            return None;
        }
        let behind = end.saturating_sub(*shared.position.borrow());
        Some(phrase!(
            "lake_behind",
            "{count} messages are accepted but not in this answer yet; the lake is catching up.",
            count = behind,
        ))
    }

    /// One of the lake's own queries, over tables with all their columns.
    pub(crate) async fn fetch(
        &self,
        shared: &Arc<Shared>,
        tenant: TenantId,
        sql: String,
        limits: QueryLimits,
    ) -> Result<Batches, QueryError> {
        let shared = Arc::clone(shared);
        let work = |seat| async move { answer::fetch(&shared, &seat, tenant, &sql).await };
        self.run(tenant, limits, work).await
    }

    /// See [`Self::catch_up`].
    pub(crate) async fn wait_for_journal(&self, shared: &Shared) -> Option<Phrase> {
        self.catch_up(shared).await
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        *self.threads.write() = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_its_query_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let config = LakeConfig { query_threads: 1, ..LakeConfig::default() };
        let engine = Engine::start(&config, directory.path()).unwrap();
        let tenant = TenantId::generate();
        let panics = |_| async { panic!("a mistake of the engine's") };
        let error = engine.run::<(), _>(tenant, QueryLimits::default(), panics).await.unwrap_err();
        assert!(matches!(error, QueryError::Internal { .. }), "{error:?}");
        for _ in 0..8 {
            let answer = engine.run(tenant, QueryLimits::default(), |_| async { Ok(7) }).await;
            assert_eq!(answer, Ok(7));
        }
    }
}
