//! What can be tuned, and why opening can fail.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// The defaults suit a single machine with an SSD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalJournalConfig {
    /// A segment that reached this size is sealed. Retention removes whole segments, and a start scans one.
    pub segment_bytes: u64,
    /// How long to wait for company before a sync. Zero: commit what is there as soon as the previous sync ended,
    /// which batches by itself under load and delays nobody otherwise.
    pub linger: Duration,
    /// At most this much goes into one write and sync (a larger single append goes alone).
    pub max_batch_bytes: usize,
    /// The largest single append.
    pub max_append_bytes: usize,
    /// Appends beyond this much waiting are refused as busy.
    pub max_queued_bytes: usize,
    /// What all readers are done with is still kept up to this much, so that live streams can resume …
    pub keep_bytes: u64,
    /// … unless it is older than this.
    pub keep_for: Option<Duration>,
    /// The newest records are also held in memory up to this much, so that tailing readers do not touch the disk.
    pub recent_bytes: usize,
}

impl Default for LocalJournalConfig {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            linger: Duration::ZERO,
            max_batch_bytes: 8 << 20,
            max_append_bytes: 16 << 20,
            max_queued_bytes: 64 << 20,
            keep_bytes: 1 << 30,
            keep_for: None,
            recent_bytes: 16 << 20,
        }
    }
}

/// Why a journal could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{} is in use by another process; two servers cannot share a data directory", path.display())]
    Locked { path: PathBuf },
    #[error(
        "{} has journal format {version}, which this binary does not know; it was written by a newer one",
        file.display()
    )]
    NewerFormat { file: PathBuf, version: u16 },
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}
