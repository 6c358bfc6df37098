//! The threads that queries run on, and new ones when a query does not let itself be stopped.
//!
//! A task is stopped where it pauses. One that does not pause keeps its thread; queries that come later then run on
//! new threads, while those that share the old ones finish there.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use parking_lot::RwLock;
use tokio::runtime::{Handle, Runtime};
use tokio::task::{JoinError, JoinHandle};

/// Nested expressions are planned recursively; only what is used of it becomes memory.
pub(super) const STACK_BYTES: usize = 32 << 20;
/// How long a query that was stopped may take to notice.
const GRACE: Duration = Duration::from_millis(if cfg!(test) { 20 } else { 3_000 });

/// The threads for queries to come.
type Current = Arc<RwLock<Option<Arc<Threads>>>>;

pub(super) struct Threads {
    /// None only while dropped.
    runtime: Option<Runtime>,
    handle: Handle,
    count: usize,
}

/// A query under way: its result, when awaited. It is stopped when dropped.
pub(super) struct Running<T> {
    task: JoinHandle<T>,
    threads: Arc<Threads>,
    current: Current,
}

impl Threads {
    pub fn start(count: usize) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .thread_name("lake-query")
            .worker_threads(count)
            .thread_stack_size(STACK_BYTES)
            .enable_all()
            .build()?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime), count })
    }

    pub fn spawn<T: Send + 'static>(
        self: &Arc<Self>,
        current: &Current,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Running<T> {
        Running { task: self.handle.spawn(work), threads: Arc::clone(self), current: Arc::clone(current) }
    }

    fn replace(self: &Arc<Self>, current: &Current) {
        let mut current = current.write();
        let in_use = current.as_ref().is_some_and(|threads| Arc::ptr_eq(threads, self));
        // Else another query's end has replaced them, or the lake is closing.
        if let (true, Ok(fresh)) = (in_use, Self::start(self.count)) {
            *current = Some(Arc::new(fresh));
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Dropping it would wait for its threads, which async code must not do.
            runtime.shutdown_background();
        }
    }
}

impl<T> Future for Running<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.task).poll(context)
    }
}

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        if self.task.is_finished() {
            return;
        }
        self.task.abort();
        let (stopped, threads) = (self.task.abort_handle(), Arc::clone(&self.threads));
        let current = Arc::clone(&self.current);
        let watch = async move {
            tokio::time::sleep(GRACE).await;
            if !stopped.is_finished() {
                tracing::error!("a query does not let itself be stopped; the next ones run in new threads");
                threads.replace(&current);
            }
        };
        // Without a caller's runtime the process is ending.
        if let Ok(caller) = Handle::try_current() {
            caller.spawn(watch);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn what_cannot_be_stopped_keeps_one_thread_and_delays_nobody() {
        let threads = Arc::new(Threads::start(2).unwrap());
        let current: Current = Arc::new(RwLock::new(Some(Arc::clone(&threads))));
        let (began, begun) = mpsc::channel();
        let (end, ended) = mpsc::channel::<()>();
        let stuck = threads.spawn(&current, async move {
            began.send(()).unwrap();
            let _ = ended.recv();
        });
        begun.recv().unwrap();
        let (go_on, beside) = tokio::sync::oneshot::channel();
        let innocent = threads.spawn(&current, beside);
        drop(stuck);
        let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
        while Arc::ptr_eq(current.read().as_ref().unwrap(), &threads) {
            assert!(tokio::time::Instant::now() < deadline, "no new threads");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        go_on.send(7).unwrap();
        assert_eq!(innocent.await.unwrap(), Ok(7), "what shares the old threads finishes there");
        let fresh = current.read().clone().unwrap();
        assert_eq!(fresh.spawn(&current, async { 8 }).await.unwrap(), 8);
        end.send(()).unwrap();
    }
}
