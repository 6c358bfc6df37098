//! Keeps tasks running: one that ends with an error is started again, later each time, for all to see.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use parking_lot::Mutex;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long the server waits for its tasks when it ends.
const LONGEST_FAREWELL: Duration = Duration::from_secs(20);
/// A task that ran for this long before it failed starts again at once.
const SETTLED_AFTER: Duration = Duration::from_secs(60);

/// How a task fares.
#[derive(Clone, Debug, Default)]
pub struct TaskStatus {
    pub running: bool,
    pub restarts: u64,
    pub last_error: Option<String>,
}

/// Owns the tasks.
#[derive(Clone)]
pub struct Supervisor {
    stop: CancellationToken,
    status: Arc<Mutex<BTreeMap<&'static str, TaskStatus>>>,
    tasks: Arc<Mutex<JoinSet<()>>>,
}

impl Supervisor {
    pub fn new(stop: CancellationToken) -> Self {
        Self { stop, status: Arc::default(), tasks: Arc::default() }
    }

    /// Runs `work` until the server stops. `work` gets the token that tells it to; when it returns an error or panics
    /// before that, it is started again.
    pub fn keep<F, E>(
        &self,
        name: &'static str,
        work: impl Fn(CancellationToken) -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: std::fmt::Display + Send,
    {
        let this = self.clone();
        self.status.lock().insert(name, TaskStatus { running: true, ..TaskStatus::default() });
        self.tasks.lock().spawn(async move {
            let mut pause = FIRST_PAUSE;
            loop {
                let started = Instant::now();
                let work = std::panic::AssertUnwindSafe(work(this.stop.clone())).catch_unwind();
                let why = match work.await {
                    Ok(Ok(())) if this.stop.is_cancelled() => break,
                    Ok(Ok(())) => "it ended by itself".to_owned(),
                    Ok(Err(error)) => error.to_string(),
                    Err(_) => "it panicked; the log above says where".to_owned(),
                };
                if started.elapsed() >= SETTLED_AFTER {
                    pause = FIRST_PAUSE;
                }
                tracing::error!(task = name, error = %why, restart_in_ms = pause.as_millis(), "a task failed");
                this.note(name, |status| {
                    status.running = false;
                    status.last_error = Some(why);
                });
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = this.stop.cancelled() => break,
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
                this.note(name, |status| {
                    status.running = true;
                    status.restarts += 1;
                });
            }
            this.note(name, |status| status.running = false);
        });
    }

    /// Every task and how it fares, by name.
    pub fn status(&self) -> Vec<(&'static str, TaskStatus)> {
        self.status.lock().iter().map(|(name, status)| (*name, status.clone())).collect()
    }

    /// Tells all tasks to stop and waits until they have, within reason: one that waits for a full disk would otherwise
    /// keep the server from ending. Its work is taken up from its last checkpoint.
    pub async fn stop(&self) {
        self.stop.cancel();
        let mut tasks = std::mem::take(&mut *self.tasks.lock());
        let all = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(LONGEST_FAREWELL, all).await.is_err() {
            tracing::warn!(
                "some tasks did not stop in time and are cut off; they go on from their last checkpoint"
            );
            tasks.shutdown().await;
        }
    }

    fn note(&self, name: &'static str, change: impl FnOnce(&mut TaskStatus)) {
        change(self.status.lock().entry(name).or_default());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_task_that_fails_is_started_again_and_one_that_is_told_to_stop_is_not() {
        let supervisor = Supervisor::new(CancellationToken::new());
        let starts = Arc::new(AtomicU32::new(0));
        let counted = starts.clone();
        supervisor.keep("flaky", move |stop| {
            let start = counted.fetch_add(1, Ordering::SeqCst);
            async move {
                match start {
                    0 => Err("first".to_owned()),
                    1 => panic!("second"),
                    _ => {
                        stop.cancelled().await;
                        Ok(())
                    }
                }
            }
        });
        while starts.load(Ordering::SeqCst) < 3 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        supervisor.stop().await;
        let (_, status) = &supervisor.status()[0];
        assert_eq!((status.restarts, status.running), (2, false));
        assert!(status.last_error.as_ref().unwrap().contains("panicked"));
    }
}
