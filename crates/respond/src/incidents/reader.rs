//! Reads findings from the journal and takes them; its offset moves on after they are durable in the store.

use std::sync::Arc;
use std::time::Duration;

use backplane::journal::{Journal, JournalError, Offset};
use model::{Body, Header, Kind, Record};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Incidents;
use super::consume::Found;

/// The name of this reader of the journal.
pub const READER: &str = "respond";

const READ_BYTES: usize = 1 << 20;
/// Findings in one transaction.
const AT_ONCE: usize = 200;
const RETRY: Duration = Duration::from_secs(1);
const SAVE_EVERY: Duration = Duration::from_secs(1);

/// The reader "respond".
pub struct FindingReader {
    incidents: Incidents,
    journal: Arc<dyn Journal>,
}

impl FindingReader {
    #[must_use]
    pub fn new(incidents: Incidents, journal: Arc<dyn Journal>) -> Self {
        Self { incidents, journal }
    }

    /// Runs until it is told to stop or the journal is closed. What fails is tried again: no finding is skipped.
    pub async fn run(self, stop: CancellationToken) {
        let work = async {
            let mut next = self.start().await;
            // The journal keeps records for the readers that it knows: where we start is said soon in any case.
            let mut saved = (Offset::MAX, Instant::now());
            loop {
                match self.step(next, &mut saved).await {
                    Ok(after) if after == next => self.wait(next, saved).await,
                    Ok(after) => next = after,
                    Err(Failure::Closed | Failure::Stopped) => return,
                    Err(Failure::Lost { to, why }) => {
                        tracing::error!(
                            from = next,
                            to,
                            why,
                            "findings were lost with damaged or removed records"
                        );
                        next = to;
                    }
                    Err(Failure::Passing(why)) => {
                        tracing::warn!(why, offset = next, "findings wait to become incidents; trying again");
                        tokio::time::sleep(RETRY).await;
                    }
                }
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = work => {}
        }
    }

    async fn start(&self) -> Offset {
        loop {
            match self.journal.committed(READER).await {
                Ok(offset) => return offset.unwrap_or_else(|| self.journal.first()),
                Err(error) => {
                    tracing::warn!(%error, "the journal cannot be read; trying again");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    /// For more records, or for the moment to remember how far it is.
    async fn wait(&self, next: Offset, (saved, at): (Offset, Instant)) {
        let more = self.journal.wait_past(next);
        if saved == next {
            more.await;
        } else {
            drop(tokio::time::timeout_at(at + SAVE_EVERY, more).await);
        }
    }

    /// Remembers how far it is after each finding, and else now and then: each time costs a sync of the disk.
    async fn step(&self, next: Offset, saved: &mut (Offset, Instant)) -> Result<Offset, Failure> {
        let batch = self.journal.read(next, READ_BYTES).await.map_err(Failure::of)?;
        let found: Vec<Found> = batch.entries.iter().filter_map(|entry| found(&entry.bytes)).collect();
        for findings in found.chunks(AT_ONCE) {
            self.incidents.consume(findings).await.map_err(|error| Failure::Passing(error.to_string()))?;
        }
        if saved.0 != batch.next && (!found.is_empty() || saved.1.elapsed() >= SAVE_EVERY) {
            self.journal.commit(READER, batch.next).await.map_err(Failure::of)?;
            *saved = (batch.next, Instant::now());
        }
        Ok(batch.next)
    }
}

/// Findings are rare: of other records no more than the beginning is read.
fn found(bytes: &[u8]) -> Option<Found> {
    if Header::decode(bytes).is_ok_and(|header| header.kind != Kind::Finding) {
        return None;
    }
    match Record::decode(bytes) {
        Ok(Record { tenant, device: Some(device), at, body: Body::Finding(finding) }) => {
            Some(Found { tenant, device, at, finding })
        }
        _ => None,
    }
}

pub enum Failure {
    Closed,
    /// We were told to stop.
    Stopped,
    Lost {
        to: Offset,
        why: String,
    },
    Passing(String),
}

impl Failure {
    pub fn of(error: JournalError) -> Self {
        match error {
            JournalError::Closed => Self::Closed,
            JournalError::Gap { first } => Self::Lost { to: first, why: error.to_string() },
            JournalError::Corrupt { to, .. } => Self::Lost { to, why: error.to_string() },
            JournalError::Ahead { end } => Self::Lost { to: end, why: error.to_string() },
            other => Self::Passing(other.to_string()),
        }
    }
}
