//! The live detector: reads the journal, observes, appends findings to it.
//!
//! What the detector has seen so far and the offset up to which it has seen it are saved together as one blob, and only
//! then is the offset committed. After a crash it goes on from the blob: records are observed again, and the findings
//! that they make have the ids they had before, so that whoever takes them knows them.
//!
//! Rules are read and compiled by the loader, on threads of their own. The detector takes them up between two records, so
//! that each record is judged by the old rules or the new ones.

mod loader;
mod saved;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use backplane::blobs::Blobs;
use backplane::journal::{Entry, Journal, JournalError, Offset};
use detect::{Detector, Hit};
use model::{Body, Clock, DeviceId, Header, Record, RecordError, Timestamp};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::error::RespondError;
use crate::incidents::Failure;
use crate::rules::{Attendance, Rules};
use loader::{Loader, Update};

/// The name of this reader of the journal.
pub const READER: &str = "detect";

const READ_BYTES: usize = 1 << 20;
/// Records observed between two chances for other tasks.
const SLICE: usize = 256;
const TICK: Duration = Duration::from_secs(1);
const SAVE_EVERY: Duration = Duration::from_secs(10);
/// Deletions may be committed a little later than the time that they bear.
const OVERLAP: Duration = Duration::from_secs(60);
/// Changed rules that wait for the detector.
const WAITING: usize = 16;

/// The reader "detect". One runs for each journal.
pub struct Watch {
    rules: Rules,
    journal: Arc<dyn Journal>,
    blobs: Arc<dyn Blobs>,
    clock: Arc<dyn Clock>,
    start: Offset,
}

struct Run<'a> {
    watch: &'a Watch,
    detector: Detector,
    updates: mpsc::Receiver<Update>,
    loader: AbortOnDropHandle<()>,
    _attendance: Attendance,
    next: Offset,
    saved: Offset,
    saved_at: Instant,
    /// Records before it were written before we started; silence in between is ours, not the devices'.
    started_at: Option<Offset>,
    /// Appends that the journal had refused when we last looked.
    refused: u64,
    /// The journal refused when we last looked, and devices could not be heard.
    deaf: bool,
    /// Findings that are not in the journal yet, while the detector has seen their cause.
    owing: bool,
    /// Deleted devices, as of the last look.
    gone: HashSet<DeviceId>,
    gone_as_of: Timestamp,
}

impl Watch {
    /// `start` is where the journal ended before anybody could send us anything: silence before it is ours.
    #[must_use]
    pub fn new(
        rules: Rules,
        journal: Arc<dyn Journal>,
        blobs: Arc<dyn Blobs>,
        clock: Arc<dyn Clock>,
        start: Offset,
    ) -> Self {
        Self { rules, journal, blobs, clock, start }
    }

    /// Runs until it is told to stop or the journal is closed, and saves what it has seen.
    pub async fn run(self, stop: CancellationToken) {
        let mut run = tokio::select! {
            () = stop.cancelled() => return,
            run = self.start() => run,
        };
        tracing::info!(rules = run.detector.rule_count(), offset = run.next, "the detector runs");
        while !stop.is_cancelled() {
            match run.step(&stop).await {
                Ok(true) => {}
                Ok(false) => run.rest(&stop).await,
                Err(Failure::Closed | Failure::Stopped) => break,
                Err(Failure::Lost { to, why }) => {
                    tracing::error!(
                        from = run.next,
                        to,
                        why,
                        "the detector did not see damaged or removed records"
                    );
                    run.next = to;
                }
                Err(Failure::Passing(why)) => {
                    tracing::warn!(why, offset = run.next, "the detector waits; trying again");
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = tokio::time::sleep(TICK) => {}
                    }
                }
            }
        }
        if run.owing {
            // Saved now, their cause would never be observed again.
            tracing::warn!(
                offset = run.next,
                "some findings wait for the journal; they are found again after the next start"
            );
        } else if let Err(error) = run.save().await {
            tracing::warn!(error, "what the detector has seen since the last save will be observed again");
        }
    }

    async fn start(&self) -> Run<'_> {
        loop {
            match self.try_start().await {
                Ok(run) => return run,
                Err(error) => {
                    tracing::warn!(%error, "the detector cannot start yet; trying again");
                    tokio::time::sleep(TICK).await;
                }
            }
        }
    }

    async fn try_start(&self) -> Result<Run<'_>, RespondError> {
        let attendance = self.rules.running().attend();
        let (loader, sets) = Loader::start(&self.rules).await?;
        let mut detector = Detector::default();
        for set in sets {
            detector.replace(set);
        }
        let committed = self.journal.committed(READER).await?;
        let next = match saved::load(self.blobs.as_ref()).await {
            Some((offset, state)) if (self.journal.first()..=self.journal.end()).contains(&offset) => {
                match detector.restore(&state) {
                    Ok(()) => offset,
                    Err(error) => {
                        tracing::warn!(%error, "what the detector had seen is lost; rules start afresh");
                        committed.unwrap_or_else(|| self.journal.first())
                    }
                }
            }
            _ => committed.unwrap_or_else(|| self.journal.first()),
        };
        self.journal.commit(READER, next).await?;
        self.rules.running().runs(loader.taken());
        let (sender, updates) = mpsc::channel(WAITING);
        Ok(Run {
            watch: self,
            detector,
            updates,
            loader: AbortOnDropHandle::new(tokio::spawn(loader.run(sender))),
            _attendance: attendance,
            next,
            saved: next,
            saved_at: Instant::now(),
            started_at: Some(self.start),
            refused: self.journal.stats().refused,
            deaf: false,
            owing: false,
            gone: HashSet::new(),
            gone_as_of: Timestamp::EPOCH,
        })
    }
}

impl Run<'_> {
    /// One batch; false at the end of the journal.
    async fn step(&mut self, stop: &CancellationToken) -> Result<bool, Failure> {
        let journal = &self.watch.journal;
        let batch = journal.read(self.next, READ_BYTES).await.map_err(Failure::of)?;
        self.tell_our_deafness_apart().await;
        // After the read: a rule whose saving was answered before a record was accepted hears that record.
        self.take_up().await;
        let mut hits = Vec::new();
        for (index, entry) in batch.entries.iter().enumerate() {
            self.after_start(entry.offset);
            match self.observe(entry) {
                Ok(found) => hits.extend(found),
                Err(error) => tracing::error!(%error, offset = entry.offset, "a record cannot be read"),
            }
            if index % SLICE == SLICE - 1 {
                tokio::task::yield_now().await;
            }
        }
        let ended = batch.next == self.next;
        if ended {
            self.after_start(batch.next);
            if !self.deaf {
                hits.extend(self.detector.tick(self.watch.clock.now()));
            }
        }
        if !hits.is_empty() {
            self.forget_deleted().await;
            hits.retain(|hit| !self.gone.contains(&hit.device));
        }
        self.append(hits, stop).await?;
        self.next = batch.next;
        if self.saved_at.elapsed() >= SAVE_EVERY && self.saved != self.next {
            self.save().await.map_err(Failure::Passing)?;
        }
        Ok(!ended)
    }

    /// Most records are of no interest to any rule; of those only the beginning is read.
    fn observe(&mut self, entry: &Entry) -> Result<Vec<Hit>, RecordError> {
        let header = Header::decode(&entry.bytes)?;
        Ok(if self.detector.heeds(&header) {
            self.detector.observe(entry.offset, &Record::decode(&entry.bytes)?)
        } else {
            self.detector.tick(header.at)
        })
    }

    /// The silence of a device that was deleted is no finding. While the store is out of reach, it is one: better a
    /// finding too many than one too few.
    async fn forget_deleted(&mut self) {
        let asked = self.watch.clock.now();
        match self.watch.rules.deleted_devices(self.gone_as_of.minus(OVERLAP)).await {
            Ok(devices) => {
                self.gone.extend(devices);
                self.gone_as_of = asked;
                self.detector.forget(&self.gone);
            }
            Err(error) => tracing::warn!(%error, "which devices were deleted is not known right now"),
        }
    }

    fn after_start(&mut self, offset: Offset) {
        if self.started_at.is_some_and(|end| offset >= end) {
            self.started_at = None;
            self.detector.forgive_until(self.watch.clock.now());
        }
    }

    /// While messages are turned away, time does not count against devices: no rule looks for silence, and afterwards
    /// every device has the whole of its time again.
    async fn tell_our_deafness_apart(&mut self) {
        let stats = self.watch.journal.stats();
        if stats.refusing || stats.refused != self.refused {
            self.detector.forgive_until(self.watch.clock.now());
        }
        self.refused = stats.refused;
        let was_deaf = std::mem::replace(&mut self.deaf, stats.refusing);
        if was_deaf && !self.deaf {
            tracing::info!(
                "the detector hears devices again; the time in between does not count as their silence"
            );
            // The journal does not tell of the outage, so a crash would make us forget it.
            if let Err(error) = self.save().await {
                tracing::warn!(error, "what the detector has seen could not be saved; trying again later");
            }
        }
    }

    /// Findings are appended before the offset moves on, and as often as it takes: the detector has seen their cause and
    /// would not find them again.
    async fn append(&mut self, hits: Vec<Hit>, stop: &CancellationToken) -> Result<(), Failure> {
        let at = self.watch.clock.now();
        let mut records = Vec::with_capacity(hits.len());
        for hit in hits {
            let record =
                Record { tenant: hit.tenant, device: Some(hit.device), at, body: Body::Finding(hit.finding) };
            match record.encode() {
                Ok(bytes) => records.push(bytes),
                Err(error) => tracing::error!(%error, "a finding cannot be written"),
            }
        }
        self.owing = !records.is_empty();
        let mut said = false;
        for records in records.chunks(AT_ONCE) {
            loop {
                match self.watch.journal.append(records.to_vec()).await {
                    Ok(_) => break,
                    Err(JournalError::Closed) => return Err(Failure::Closed),
                    Err(error) => {
                        if !std::mem::replace(&mut said, true) {
                            tracing::warn!(%error, "findings wait for the journal; trying again");
                        }
                        tokio::select! {
                            () = stop.cancelled() => return Err(Failure::Stopped),
                            () = tokio::time::sleep(TICK) => {}
                        }
                    }
                }
            }
        }
        self.owing = false;
        Ok(())
    }

    /// Runs the rules that are ready.
    async fn take_up(&mut self) {
        loop {
            match self.updates.try_recv() {
                Ok(update) => self.run_from_now_on(update),
                Err(mpsc::error::TryRecvError::Empty) => return,
                Err(mpsc::error::TryRecvError::Disconnected) => {
                    // It ends by a panic only, and whoever supervises us decides what to do about that.
                    if let Err(error) = (&mut self.loader).await
                        && let Ok(panic) = error.try_into_panic()
                    {
                        std::panic::resume_unwind(panic);
                    }
                    return;
                }
            }
        }
    }

    fn run_from_now_on(&mut self, update: Update) {
        if let Some(set) = update.set {
            let tenant = set.tenant();
            let former = self.detector.replace(set);
            tracing::info!(tenant.id = %tenant, rules = self.detector.rule_count(), "the detector runs changed rules");
            tokio::task::spawn_blocking(move || drop(former));
        }
        self.watch.rules.running().runs(update.taken);
    }

    /// At the end of the journal: until there is more, rules are ready, or time to look for silence.
    async fn rest(&mut self, stop: &CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.watch.journal.wait_past(self.next) => {}
            Some(update) = self.updates.recv() => self.run_from_now_on(update),
            () = tokio::time::sleep(TICK) => {}
        }
    }

    async fn save(&mut self) -> Result<(), String> {
        let state = self.detector.snapshot().map_err(|error| error.to_string())?;
        saved::store(self.watch.blobs.as_ref(), self.next, &state)
            .await
            .map_err(|error| error.to_string())?;
        self.watch.journal.commit(READER, self.next).await.map_err(|error| error.to_string())?;
        self.saved = self.next;
        self.saved_at = Instant::now();
        Ok(())
    }
}

/// Findings in one append.
const AT_ONCE: usize = 500;
