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
use datafusion::object_store::local::LocalFileSystem;
use datafusion::prelude::SessionConfig;
use model::{Phrase, TenantId, phrase};
use parking_lot::RwLock;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio_util::task::AbortOnDropHandle;

use super::answer;
use crate::config::{LakeConfig, QueryLimits};
use crate::error::{LakeError, QueryError};
use crate::state::Shared;

pub(crate) const CATALOG: &str = "lake";
pub(crate) const SCHEMA: &str = "public";
const FILES: &str = "lake://files";
/// Nested expressions are planned recursively; only what is used of it becomes memory.
const STACK_BYTES: usize = 32 << 20;
/// How long a query that was stopped may take to notice.
const GRACE: Duration = Duration::from_secs(3);
const FOOTER_CACHE_BYTES: usize = 24 << 20;

pub(crate) struct Engine {
    running: Semaphore,
    runtime: Arc<RwLock<Option<Runtime>>>,
    threads: usize,
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
}

/// The result of one of the lake's own queries.
pub(crate) struct Batches {
    pub batches: Vec<RecordBatch>,
    pub warnings: Vec<Phrase>,
}

/// How many queries run at a time; each has a memory limit of its own, and the others wait for their turn.
const AT_ONCE: usize = 6;

/// Functions whose result is as long as a query says, whatever the memory limit: one call could take gigabytes.
const UNBOUNDED: [&str; 3] = ["repeat", "lpad", "rpad"];

impl Engine {
    pub fn start(config: &LakeConfig, root: &std::path::Path) -> Result<Self, LakeError> {
        let failed = |error: &dyn std::fmt::Display| LakeError::Engine(error.to_string());
        let threads = match config.query_threads {
            0 => std::thread::available_parallelism().map_or(2, usize::from),
            threads => threads,
        };
        let runtime = Arc::new(RwLock::new(Some(start_threads(threads).map_err(|error| failed(&error))?)));
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
        let mut template = SessionStateBuilder::new()
            .with_default_features()
            .with_config(session)
            .with_runtime_env(Arc::clone(&env))
            .build();
        for name in UNBOUNDED {
            template.deregister_udf(name).map_err(|error| failed(&error))?;
        }
        let running = Semaphore::new(AT_ONCE);
        Ok(Self { running, runtime, threads, template, env, files, catch_up: config.catch_up })
    }

    pub(super) fn seat(&self, limits: QueryLimits) -> Seat {
        let env = RuntimeEnv {
            memory_pool: Arc::new(GreedyMemoryPool::new(limits.memory)),
            disk_manager: Arc::clone(&self.env.disk_manager),
            cache_manager: Arc::clone(&self.env.cache_manager),
            object_store_registry: Arc::clone(&self.env.object_store_registry),
        };
        Seat { template: self.template.clone(), env: Arc::new(env), files: self.files.clone(), limits }
    }

    /// Runs on the query threads; stops it when it takes too long or its caller goes away.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, QueryError>> + Send + 'static,
    ) -> Result<T, QueryError> {
        let gone =
            || QueryError::Unavailable { detail: phrase!("lake_shutting_down", "the lake is shutting down") };
        let threads =
            self.runtime.read().as_ref().map(|runtime| runtime.handle().clone()).ok_or_else(gone)?;
        let Ok(turn) = tokio::time::timeout(limit, self.running.acquire()).await else {
            return Err(QueryError::TooSlow { limit });
        };
        let _turn = turn.map_err(|_| gone())?;
        let task = AbortOnDropHandle::new(threads.spawn(work));
        let stopped = task.abort_handle();
        match tokio::time::timeout(limit, task).await {
            Err(_) => {
                self.make_sure_of_its_end(stopped);
                Err(QueryError::TooSlow { limit })
            }
            Ok(Ok(done)) => done,
            Ok(Err(error)) if error.is_panic() => Err(QueryError::Internal {
                detail: "the query engine stopped; it has been logged".to_owned(),
            }),
            Ok(Err(_)) => Err(gone()),
        }
    }

    /// A task is stopped where it pauses. One that does not pause keeps its thread: then the others get new ones.
    fn make_sure_of_its_end(&self, stopped: tokio::task::AbortHandle) {
        let (runtime, threads) = (Arc::clone(&self.runtime), self.threads);
        tokio::spawn(async move {
            tokio::time::sleep(GRACE).await;
            if stopped.is_finished() {
                return;
            }
            tracing::error!("a query does not let itself be stopped; the others go on in new threads");
            let mut runtime = runtime.write();
            // None: the lake is closing.
            if let (Some(stuck), Ok(fresh)) = (runtime.take(), start_threads(threads)) {
                *runtime = Some(fresh);
                stuck.shutdown_background();
            }
        });
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
        let (shared, seat) = (Arc::clone(shared), self.seat(limits));
        self.run(limits.time, async move { answer::fetch(&shared, &seat, tenant, &sql).await }).await
    }

    /// See [`Self::catch_up`].
    pub(crate) async fn wait_for_journal(&self, shared: &Shared) -> Option<Phrase> {
        self.catch_up(shared).await
    }
}

fn start_threads(threads: usize) -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .thread_name("lake-query")
        .worker_threads(threads)
        .thread_stack_size(STACK_BYTES)
        .enable_all()
        .build()
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.write().take() {
            // Dropping it would wait for its threads, which async code must not do.
            runtime.shutdown_background();
        }
    }
}
