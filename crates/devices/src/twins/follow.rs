//! The journal's reader: applies records, runs errands, writes checkpoints.

use std::collections::HashSet;
use std::future::Future;
use std::sync::atomic::Ordering;
use std::time::Duration;

use backplane::journal::{Batch, JournalError, Offset};
use model::{Body, DeviceId, Header, Kind, Record, RecordError, Reply, TelemetryRef};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::checkpoint::{Checkpoint, write};
use super::{Errand, READER, Twins};

const AT_ONCE: usize = 1024 * 1024;
const RETRY: Duration = Duration::from_secs(1);
/// While the store is out of reach, reading goes on until so many errands wait for it.
const MOST_ERRANDS: usize = 10_000;
/// Behind by less than this, what a record says is news.
const LIVE: u64 = 10_000;

impl Twins {
    /// Reads until cancelled, then writes a last checkpoint. `run` does errands in the store; it is called again with
    /// the same ones until it succeeds, and no checkpoint is written before.
    pub async fn follow<F>(&self, run: impl Fn(Vec<Errand>) -> F, cancel: CancellationToken)
    where
        F: Future<Output = bool>,
    {
        let mut errands: Vec<Errand> = Vec::new();
        let mut saved = self.applied.load(Ordering::Acquire);
        let mut due = Instant::now() + self.config.checkpoint_every;
        if saved >= self.start {
            self.lose_connections();
        }
        while !cancel.is_cancelled() {
            let next = self.applied.load(Ordering::Acquire);
            tokio::select! {
                biased;
                () = cancel.cancelled() => break,
                () = tokio::time::sleep_until(due), if next > saved && errands.is_empty() => {}
                () = tokio::time::sleep(RETRY), if !errands.is_empty() => {}
                batch = self.next_batch(next), if errands.len() < MOST_ERRANDS => match batch {
                    Ok(batch) => self.apply(next, batch, &mut errands).await,
                    Err(JournalError::Closed) => break,
                    Err(error) => self.stumble(&error).await,
                },
            }
            if !errands.is_empty() && run(errands.clone()).await {
                errands.clear();
            }
            let next = self.applied.load(Ordering::Acquire);
            if errands.is_empty() && next > saved && Instant::now() >= due {
                let began = Instant::now();
                if self.checkpoint(next).await {
                    saved = next;
                }
                // A large fleet's checkpoint takes long; it may take a twentieth of our time at most.
                due = Instant::now() + self.config.checkpoint_every.max(began.elapsed() * 20);
            }
        }
        let next = self.applied.load(Ordering::Acquire);
        if next > saved && (errands.is_empty() || run(errands).await) {
            self.checkpoint(next).await;
        }
    }

    async fn next_batch(&self, next: Offset) -> Result<Batch, JournalError> {
        if self.journal.end() <= next {
            self.journal.wait_past(next).await;
        }
        self.journal.read(next, AT_ONCE).await
    }

    async fn apply(&self, from: Offset, batch: Batch, errands: &mut Vec<Errand>) {
        let mut touched = HashSet::new();
        for entry in &batch.entries {
            match self.apply_entry(&entry.bytes, errands) {
                Ok(changed) => touched.extend(changed),
                Err(error) => tracing::warn!(offset = entry.offset, %error, "a record that cannot be read"),
            }
        }
        self.applied.store(batch.next, Ordering::Release);
        self.progress.notify_waiters();
        if from < self.start && batch.next >= self.start {
            self.lose_connections();
        }
        if self.journal.end().saturating_sub(batch.next) < LIVE && batch.next >= self.start {
            self.announce(touched).await;
        }
    }

    /// Returns the device whose twin changed.
    fn apply_entry(&self, bytes: &[u8], errands: &mut Vec<Errand>) -> Result<Option<DeviceId>, RecordError> {
        let header = Header::decode(bytes)?;
        let Header { tenant, device: Some(device), at, kind } = header else { return Ok(None) };
        let first = match kind {
            Kind::Finding | Kind::Incident => return Ok(None),
            Kind::Telemetry => {
                let telemetry = TelemetryRef::decode(bytes)?;
                self.rates.lock().count(tenant, at, telemetry.messages.into());
                self.shards.apply(tenant, device, |twin| twin.measured(at, &telemetry))
            }
            Kind::Event | Kind::Problem | Kind::Presence | Kind::Status | Kind::Reply => {
                let record = Record::decode(bytes)?;
                if kind == Kind::Event {
                    self.rates.lock().count(tenant, at, 1);
                }
                if let Body::Reply(Reply { command, json }) = &record.body {
                    let (command, json) = (*command, json.clone());
                    errands.push(Errand::Reply { tenant, device, command, json, at });
                }
                self.shards.apply(tenant, device, |twin| twin.apply(record))
            }
        };
        if first == Some(true) {
            errands.push(Errand::FirstContact { tenant, device, at });
        }
        Ok(first.map(|_| device))
    }

    /// Records that cannot be read are passed by, and said to be.
    async fn stumble(&self, error: &JournalError) {
        let next = self.applied.load(Ordering::Acquire);
        let on = match *error {
            JournalError::Gap { first } if first > next => first,
            JournalError::Corrupt { to, .. } if to > next => to,
            JournalError::Ahead { end } => end,
            _ => {
                tracing::warn!(%error, "the twins cannot read the journal; trying again");
                tokio::time::sleep(RETRY).await;
                return;
            }
        };
        tracing::warn!(%error, from = next, to = on, "the twins go on behind a gap: values in it are not shown");
        self.applied.store(on, Ordering::Release);
        self.progress.notify_waiters();
        if next < self.start && on >= self.start {
            self.lose_connections();
        }
    }

    /// Everything that this process found in the journal on its start is applied: connections of then are gone, and
    /// what was announced then has happened.
    fn lose_connections(&self) {
        let now = self.clock.now();
        self.shards.change_each(|_, twin| {
            twin.intervals.interrupt();
            if twin.connected {
                (twin.connected, twin.lost) = (false, Some(now));
                twin.connection = None;
            }
        });
    }

    async fn checkpoint(&self, next: Offset) -> bool {
        let mut twins = Vec::new();
        self.shards.each(|device, twin| twins.push((device, twin.clone())));
        let checkpoint = Checkpoint { next, twins, rates: self.rates.lock().clone() };
        let dir = self.dir.clone();
        let written = tokio::task::spawn_blocking(move || write(&dir, &checkpoint.encode()?)).await;
        match written {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "could not write the twins' checkpoint; the journal still has everything");
                return false;
            }
            Err(error) => {
                tracing::error!(%error, "writing the twins' checkpoint failed");
                return false;
            }
        }
        match self.journal.commit(READER, next).await {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "could not commit how far the twins are");
                false
            }
        }
    }
}
