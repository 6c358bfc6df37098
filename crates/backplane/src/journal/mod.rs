//! The journal: everything that happens is one append to it, acknowledged when durable, read by many.
//!
//! In: opaque records, a few at a time. Out: the same records in one total order, by dense [`Offset`]s.
//! Invariants: an acknowledged record survives a crash and is read exactly once per pass; an append is seen as a whole
//! or not at all; what cannot be read any more is *said* ([`JournalError::Gap`], [`JournalError::Corrupt`]), never
//! skipped. It does not know what a record means. The trait is as small as it is so that a replicated log (NATS
//! JetStream: stream sequence = offset + 1, durable consumer = reader) fits behind it; [`conformance`] says what any
//! adapter must do.

#[cfg(feature = "testing")]
pub mod conformance;
mod local;

use bytes::Bytes;
use futures::future::BoxFuture;
use model::{Phrase, phrase};

#[cfg(feature = "testing")]
pub use local::faults;
pub use local::{LocalJournal, LocalJournalConfig, OpenError};

/// Index of a record. The first one ever is 0, and none is left out.
pub type Offset = u64;

/// One record and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub offset: Offset,
    pub bytes: Bytes,
}

/// What one [`Journal::read`] returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub entries: Vec<Entry>,
    /// Where to read on.
    pub next: Offset,
}

/// Why the journal refused. Nothing of a refused append is acknowledged, and nothing acknowledged is lost by it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// Appends work again by themselves once there is space.
    #[error("{}", self.phrase())]
    Full { detail: String },
    /// Appends are tried anew, in a new segment, every time.
    #[error("{}", self.phrase())]
    Io { detail: String },
    /// So much is waiting for the disk that holding more would exhaust memory. Slow down and try again.
    #[error("{}", self.phrase())]
    Busy { queued: usize },
    #[error("{}", self.phrase())]
    Closed,
    /// What the reader asked for was removed by retention. `first` is the oldest record there is.
    #[error("records before offset {first} are no longer kept")]
    Gap { first: Offset },
    /// The reader is ahead of the journal: its offset comes from another journal, or this one was restored from an
    /// older copy.
    #[error("the journal ends at offset {end}, before the offset that was asked for")]
    Ahead { end: Offset },
    #[error("{bytes} bytes in one append are more than the journal takes at once ({limit})")]
    TooLarge { bytes: usize, limit: usize },
    /// The records from `from` up to, not including, `to` are damaged on disk. Reading on at `to` works. Whoever does
    /// so must say that there is a gap.
    #[error("records {from}..{to} are damaged in {file} at byte {position}: {detail}")]
    Corrupt { from: Offset, to: Offset, file: String, position: u64, detail: String },
}

impl JournalError {
    /// What it means to somebody whose change was not kept.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Full { detail } => {
                phrase!("journal_full", "the journal's disk is full: {detail}", detail = detail)
            }
            Self::Io { detail } => {
                phrase!("journal_io", "the journal could not use its disk: {detail}", detail = detail)
            }
            Self::Busy { queued } => phrase!(
                "journal_busy",
                "the journal's disk does not keep up: {queued} bytes are waiting to become durable",
                queued = *queued,
            ),
            Self::Closed => phrase!("journal_closed", "the journal is closed"),
            other => Phrase::plain(other.to_string()),
        }
    }
}

/// Figures for operators. Counters start with the process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JournalStats {
    /// On disk.
    pub bytes: u64,
    pub segments: usize,
    pub first: Offset,
    pub end: Offset,
    /// Waiting to become durable.
    pub queued_bytes: usize,
    /// Appends that were refused (full, I/O error, busy, too large).
    pub refused: u64,
    /// Nothing can be made durable just now: what happens meanwhile is not recorded, and whoever waits for records
    /// must not take their absence for silence.
    pub refusing: bool,
    /// What was cut off the newest segment on this start: the torn end of a crash, which nobody was told "yes" about,
    /// or a last record that was damaged since.
    pub torn_bytes: u64,
    pub syncs: u64,
    pub last_sync_micros: u64,
}

/// A durable log with many readers. Shared as `Arc<dyn Journal>`.
pub trait Journal: Send + Sync + 'static {
    /// Appends all of `records` or none, and resolves once they are durable, with the offset of the first. The order
    /// of *calls*, not of polls, is the order in the journal; a dropped future takes nothing back. An empty append
    /// waits for everything that was called before it.
    fn append(&self, records: Vec<Bytes>) -> BoxFuture<'static, Result<Offset, JournalError>>;

    /// Durable records from `from` on: at least one if there is one, then as many as fit in `max_bytes`. Nothing at
    /// the end of the journal; see [`Self::wait_past`].
    fn read(&self, from: Offset, max_bytes: usize) -> BoxFuture<'_, Result<Batch, JournalError>>;

    /// The oldest record that is kept.
    fn first(&self) -> Offset;

    /// The durable end: the offset that the next record gets.
    fn end(&self) -> Offset;

    /// Resolves when `end() > offset`, or when the journal is closed (reading then says so).
    fn wait_past(&self, offset: Offset) -> BoxFuture<'_, ()>;

    /// Durably remembers that `reader` has done with everything before `next`, and keeps what comes after. It may
    /// go back, to replay. A reader is known from its first commit on: commit where you start before you rely on it.
    /// Works on a full disk.
    fn commit<'a>(&'a self, reader: &'a str, next: Offset) -> BoxFuture<'a, Result<(), JournalError>>;

    fn committed<'a>(&'a self, reader: &'a str) -> BoxFuture<'a, Result<Option<Offset>, JournalError>>;

    /// Every reader that has committed, by name.
    fn readers(&self) -> Vec<(String, Offset)>;

    fn stats(&self) -> JournalStats;
}
