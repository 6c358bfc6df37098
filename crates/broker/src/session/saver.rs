//! Brings sessions to the store, many at a time, in the order in which they changed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::{Session, SessionChange, SessionStore, SessionStoreError, image};

const BATCH: usize = 256;
const RETRY_AFTER: Duration = Duration::from_secs(1);

struct Job {
    /// None only asks when everything before it is done.
    session: Option<Arc<Session>>,
    done: Option<Done>,
}

impl Job {
    fn tell(self, result: Result<(), SessionStoreError>) {
        if let Some(done) = self.done {
            drop(done.send(result));
        }
    }
}

type Done = oneshot::Sender<Result<(), SessionStoreError>>;

/// The way to the store. When all of its clones are gone, the writer ends.
#[derive(Clone)]
pub(crate) struct Saver {
    jobs: mpsc::UnboundedSender<Job>,
}

impl Saver {
    /// The second part is to be spawned.
    pub(crate) fn new(store: Arc<dyn SessionStore>) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (jobs, waiting) = mpsc::unbounded_channel();
        (Self { jobs }, write(store, waiting))
    }

    /// Saves (or forgets) the session soon. The queue holds each session once, however often it changes.
    pub(crate) fn save(&self, session: &Arc<Session>) {
        if !session.saving.swap(true, Ordering::AcqRel) {
            self.send(Some(session.clone()), None);
        }
    }

    /// Waits until everything asked before is written.
    pub(crate) async fn flush(&self) {
        let (done, result) = oneshot::channel();
        self.send(None, Some(done));
        drop(result.await);
    }

    /// Saves it and tells when it is durable.
    pub(crate) fn saved(
        &self,
        session: &Arc<Session>,
    ) -> impl Future<Output = Result<(), SessionStoreError>> + Send + 'static {
        let (done, result) = oneshot::channel();
        self.send(Some(session.clone()), Some(done));
        async move {
            result.await.unwrap_or_else(|_| Err(SessionStoreError("the broker is shutting down".into())))
        }
    }

    fn send(&self, session: Option<Arc<Session>>, done: Option<Done>) {
        // It fails only after the end of the writer, when nothing more can be saved.
        drop(self.jobs.send(Job { session, done }));
    }
}

async fn write(store: Arc<dyn SessionStore>, mut waiting: mpsc::UnboundedReceiver<Job>) {
    let mut jobs = Vec::new();
    while waiting.recv_many(&mut jobs, BATCH).await > 0 {
        let mut result = apply(&*store, &jobs).await;
        if let Err(error) = result {
            tracing::warn!(%error, sessions = jobs.len(), "MQTT sessions were not saved; trying again");
            tokio::time::sleep(RETRY_AFTER).await;
            result = apply(&*store, &jobs).await;
        }
        match result {
            Ok(()) => jobs.drain(..).for_each(|job| job.tell(Ok(()))),
            Err(error) => singly(&*store, jobs.drain(..), error).await,
        }
    }
}

/// Saves each session for itself: one that the store does not take is nobody else's trouble. A store that does not
/// answer is not asked for each of them.
async fn singly(store: &dyn SessionStore, jobs: impl Iterator<Item = Job>, error: SessionStoreError) {
    let mut down: Option<SessionStoreError> = (jobs.size_hint().1 == Some(1)).then_some(error);
    for job in jobs {
        let began = Instant::now();
        let result = match &down {
            Some(error) => Err(error.clone()),
            None => apply(store, std::slice::from_ref(&job)).await,
        };
        if let (Err(error), Some(session)) = (&result, &job.session) {
            tracing::error!(
                tenant.id = %session.key.tenant, device.id = %session.key.device, %error,
                "an MQTT session was not saved; a restart loses its changes"
            );
            if began.elapsed() >= RETRY_AFTER {
                down = Some(error.clone());
            }
        }
        job.tell(result);
    }
}

async fn apply(store: &dyn SessionStore, jobs: &[Job]) -> Result<(), SessionStoreError> {
    let changes: Vec<SessionChange> =
        jobs.iter().filter_map(|job| job.session.as_deref()).map(change).collect();
    if changes.is_empty() { Ok(()) } else { store.apply(changes).await }
}

fn change(session: &Session) -> SessionChange {
    // Cleared before the image is drawn, so that a change after it leads to another image.
    session.saving.store(false, Ordering::Release);
    SessionChange { key: session.key.clone(), image: image::draw(&mut session.state()) }
}
