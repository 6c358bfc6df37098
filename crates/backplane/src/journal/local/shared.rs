//! What the committer writes and everybody reads: the segments, the durable end and the newest records.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;

use super::LocalJournalConfig;
use super::queue::Queue;
use super::readers::Readers;
use super::recent::Recent;
use super::segment::Segment;
use crate::journal::Offset;

pub(super) struct Shared {
    pub dir: PathBuf,
    pub config: LocalJournalConfig,
    pub queue: Queue,
    pub readers: Readers,
    pub log: RwLock<Log>,
    /// The durable end, for those who wait. Told after `log` has the records.
    pub end: watch::Sender<End>,
    pub refused: AtomicU64,
    /// When a write failed last, unless one succeeded since.
    pub failed: Mutex<Option<Instant>>,
    pub torn_bytes: u64,
    pub syncs: AtomicU64,
    pub last_sync_micros: AtomicU64,
}

/// A failure says nothing about the disk for longer: when nobody tries any more, somebody must be let try again.
const FAILURE_COUNTS: Duration = Duration::from_secs(5);

impl Shared {
    pub(super) fn is_refusing(&self) -> bool {
        self.failed.lock().is_some_and(|failed| failed.elapsed() < FAILURE_COUNTS)
    }
}

#[derive(Clone, Copy)]
pub(super) struct End {
    pub offset: Offset,
    pub closed: bool,
}

/// Never without a segment.
pub(super) struct Log {
    pub segments: VecDeque<Arc<Segment>>,
    pub recent: Recent,
    pub first: Offset,
    pub end: Offset,
}

impl Log {
    /// The segment that holds `offset`, and the end of what it holds.
    pub(super) fn locate(&self, offset: Offset) -> Option<(Arc<Segment>, Offset)> {
        let after = self.segments.partition_point(|segment| segment.base <= offset);
        let segment = self.segments.get(after.checked_sub(1)?)?;
        let end = self.segments.get(after).map_or(self.end, |next| next.base);
        Some((segment.clone(), end))
    }

    pub(super) fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes()).sum()
    }
}
