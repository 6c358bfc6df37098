//! The door: messages in, one durable append, verdicts out.

use std::sync::Arc;
use std::time::Duration;

use backplane::journal::{Journal, JournalError};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use model::{Clock, DeviceId, Phrase, Presence, ProblemCode, TenantId, Timestamp};
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use crate::conflicts::KnownKinds;
use crate::devices::DeviceStates;
use crate::draft::{Draft, Judged};
use crate::kinds::FieldKinds;
use crate::message::{Message, Source};
use crate::payload::Limits;
use crate::stats::{Counters, IngestStats};
use crate::verdict::Verdict;
use crate::window::Landing;

/// An empty one is right for most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IngestConfig {
    pub limits: Limits,
    /// Problems of one device and code are recorded at most this often.
    pub problem_every: Duration,
    /// Among how many of its latest messages (QoS 1 and 2) a device's retransmission is recognised.
    pub window: usize,
    /// A device that sent nothing for so long is forgotten by ingest.
    pub idle: Duration,
    /// As many devices are remembered at most.
    pub most_devices: usize,
    /// How much of the journal's end is read on start, in records.
    pub recover_records: u64,
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            problem_every: Duration::from_secs(1),
            window: 4096,
            idle: Duration::from_secs(6 * 60 * 60),
            most_devices: 200_000,
            recover_records: 200_000,
        }
    }
}

/// Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Ingest {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub journal: Arc<dyn Journal>,
    pub clock: Arc<dyn Clock>,
    pub config: IngestConfig,
    pub devices: DeviceStates,
    pub kinds: KnownKinds,
    pub counters: Counters,
    /// Devices with problems that were only counted so far.
    pub held: Mutex<Vec<DeviceId>>,
}

impl Ingest {
    /// Reads the journal's end first, so that a message that was stored just before a crash is recognised when its
    /// client sends it again.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn open(
        journal: Arc<dyn Journal>,
        kinds: Arc<dyn FieldKinds>,
        clock: Arc<dyn Clock>,
        config: IngestConfig,
    ) -> Result<Self, JournalError> {
        let inner = Arc::new(Inner {
            journal,
            clock,
            config,
            devices: DeviceStates::new(config.window),
            kinds: KnownKinds::new(kinds),
            counters: Counters::default(),
            held: Mutex::default(),
        });
        crate::recover::recover(&inner).await?;
        Ok(Self { inner })
    }

    /// Judges messages of one device, in order, and appends everything that comes of them at once. The order of
    /// calls is the order in the journal, whatever order the futures are polled in. The verdicts arrive when all of it
    /// is durable; an error means that nothing may be acknowledged.
    pub fn accept(
        &self,
        source: &Source,
        messages: Vec<Message>,
    ) -> BoxFuture<'static, Result<Vec<Verdict>, JournalError>> {
        let now = self.inner.clock.now();
        let state = self.inner.devices.get(source.tenant, source.device);
        let mut state = state.lock();
        state.used = now;
        state.window.settle();
        let mut draft = Draft::new(&self.inner, source, now, &mut state);
        for message in &messages {
            draft.judge(message);
        }
        let problems = std::mem::take(&mut draft.problems);
        let Judged { records, verdicts, remembered, originals } = match draft.finish() {
            Ok(judged) => judged,
            Err(failure) => return futures::future::ready(Err(failure)).boxed(),
        };
        if records.is_empty() {
            return wait(None, originals, verdicts).boxed();
        }
        let landing = self.inner.journal.append(records).shared();
        if remembered {
            state.window.sent(landing.clone());
        }
        let durable = wait(Some(landing), originals, verdicts);
        // Of a message that is not kept only those before it are counted on: it will come again.
        let merged =
            problems.into_iter().map(|problem| model::Problem { count: problem.count - 1, ..problem });
        let merged: Vec<_> = merged.filter(|problem| problem.count > 0).collect();
        if merged.is_empty() {
            return durable.boxed();
        }
        self.or_counted_on(source, merged, durable)
    }

    /// Problems whose record is refused go on with the count of a later one.
    fn or_counted_on<T: Send + 'static>(
        &self,
        source: &Source,
        problems: Vec<model::Problem>,
        append: impl Future<Output = Result<T, JournalError>> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, JournalError>> {
        let (inner, tenant, device) = (self.inner.clone(), source.tenant, source.device);
        async move {
            let done = append.await;
            if done.is_err() {
                inner.give_back(problems.into_iter().map(|problem| (tenant, device, problem)));
            }
            done
        }
        .boxed()
    }

    /// Records a problem that was found before a message got here: a wrong password, a forbidden topic.
    pub fn report(
        &self,
        source: &Source,
        code: ProblemCode,
        topic: &str,
        detail: &Phrase,
        payload: &Bytes,
    ) -> BoxFuture<'static, Result<(), JournalError>> {
        let now = self.inner.clock.now();
        let state = self.inner.devices.get(source.tenant, source.device);
        let mut state = state.lock();
        state.used = now;
        let mut draft = Draft::new(&self.inner, source, now, &mut state);
        draft.problem(code, topic, detail, payload);
        let problems = std::mem::take(&mut draft.problems);
        let append = self.append(draft);
        self.or_counted_on(source, problems, append)
    }

    /// Records that a device's connection came or went.
    pub fn presence(
        &self,
        source: &Source,
        presence: Presence,
    ) -> BoxFuture<'static, Result<(), JournalError>> {
        let now = self.inner.clock.now();
        let state = self.inner.devices.get(source.tenant, source.device);
        let mut state = state.lock();
        state.used = now;
        let mut draft = Draft::new(&self.inner, source, now, &mut state);
        draft.push(model::Body::Presence(presence));
        self.append(draft)
    }

    fn append(&self, draft: Draft<'_>) -> BoxFuture<'static, Result<(), JournalError>> {
        let records = match draft.finish() {
            Ok(judged) => judged.records,
            Err(failure) => return futures::future::ready(Err(failure)).boxed(),
        };
        if records.is_empty() {
            return futures::future::ready(Ok(())).boxed();
        }
        let append = self.inner.journal.append(records);
        async move { append.await.map(drop) }.boxed()
    }

    #[must_use]
    pub fn stats(&self) -> IngestStats {
        self.inner.counters.snapshot(self.inner.devices.len())
    }

    /// Records the problems that were only counted and are due by now, and forgets idle devices.
    ///
    /// # Errors
    /// The journal refused.
    pub async fn settle(&self) -> Result<(), JournalError> {
        let now = self.inner.clock.now();
        let held = std::mem::take(&mut *self.inner.held.lock());
        let (mut records, mut recorded) = (Vec::new(), Vec::new());
        for device in held {
            let Some(state) = self.inner.devices.known(device) else { continue };
            let mut state = state.lock();
            let tenant = state.tenant;
            for problem in state.problems.due(now, self.inner.config.problem_every) {
                if let Ok(record) = encode(tenant, device, now, model::Body::Problem(problem.clone())) {
                    records.push(record);
                    recorded.push((tenant, device, problem));
                }
            }
            if !state.problems.is_quiet() {
                self.inner.held.lock().push(device);
            }
        }
        let mut done = Ok(());
        if !records.is_empty() {
            done = self.inner.journal.append(records).await.map(drop);
        }
        if done.is_err() {
            self.inner.give_back(recorded);
        }
        self.inner.devices.forget_idle(now, self.inner.config.idle, self.inner.config.most_devices);
        done
    }

    /// Calls [`Self::settle`] every so often, until cancelled.
    pub async fn run(&self, cancel: CancellationToken) {
        let mut ticker =
            tokio::time::interval(self.inner.config.problem_every.max(Duration::from_millis(50)));
        ticker.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut failing = false;
        loop {
            tokio::select! {
                () = cancel.cancelled() => break,
                _ = ticker.tick() => {}
            }
            let done = self.settle().await;
            let failed_before = std::mem::replace(&mut failing, done.is_err());
            // Once for an outage: a line a second would fill a disk that is full already.
            if let Err(error) = done
                && !failed_before
            {
                tracing::warn!(%error, "could not record counted problems; their counts go on with the next ones");
            }
        }
    }
}

impl Inner {
    /// Problems whose record was refused are counted on, for a later one.
    fn give_back(&self, problems: impl IntoIterator<Item = (TenantId, DeviceId, model::Problem)>) {
        for (tenant, device, problem) in problems {
            let state = self.devices.get(tenant, device);
            let mut state = state.lock();
            if state.problems.is_quiet() {
                self.held.lock().push(device);
            }
            state.problems.give_back(problem);
        }
    }
}

/// Resolves when the batch's own records are durable, and so are the originals of what was sent again.
async fn wait(
    landing: Option<Landing>,
    originals: Vec<Landing>,
    verdicts: Vec<Verdict>,
) -> Result<Vec<Verdict>, JournalError> {
    if let Some(landing) = landing {
        landing.await?;
    }
    for original in originals {
        original.await?;
    }
    Ok(verdicts)
}

pub(crate) fn encode(
    tenant: TenantId,
    device: DeviceId,
    at: Timestamp,
    body: model::Body,
) -> Result<Bytes, JournalError> {
    model::Record { tenant, device: Some(device), at, body }
        .encode()
        .map_err(|error| JournalError::Io { detail: error.to_string() })
}
