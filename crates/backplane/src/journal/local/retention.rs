//! Removes whole segments that every reader is done with and that are beyond what is kept for resuming streams.

use std::sync::Arc;

use super::disk::Disk;
use super::segment::Segment;
use super::shared::{Log, Shared};
use crate::journal::Offset;

/// Without any reader nothing is removed: one may be about to start.
pub(super) fn tidy(shared: &Shared, disk: &dyn Disk) {
    let Some(slowest) = shared.readers.slowest() else { return };
    let mut removed = 0;
    while let Some(segment) = take_oldest(shared, slowest) {
        if let Err(error) = disk.remove(&segment.path) {
            // It is behind everybody. The next start finds it again and tries again.
            tracing::warn!(%error, file = %segment.path.display(), "an old journal segment could not be removed");
        }
        removed += 1;
    }
    if removed > 0 {
        if let Err(error) = disk.sync_dir(&shared.dir) {
            tracing::warn!(%error, directory = %shared.dir.display(), "removals are not durable yet");
        }
        tracing::debug!(removed, first = shared.log.read().first, "old journal segments were removed");
    }
}

fn take_oldest(shared: &Shared, slowest: Offset) -> Option<Arc<Segment>> {
    let mut log = shared.log.write();
    let next = log.segments.get(1)?.base;
    if next > slowest || !expired(shared, &log) {
        return None;
    }
    log.first = next;
    log.segments.pop_front()
}

/// Whether the rest is enough to keep, or the oldest segment too old.
fn expired(shared: &Shared, log: &Log) -> bool {
    let Some(oldest) = log.segments.front() else { return false };
    let too_much = log.bytes().saturating_sub(oldest.bytes()) >= shared.config.keep_bytes;
    too_much
        || shared.config.keep_for.is_some_and(|keep_for| {
            let modified = oldest.file().and_then(|file| file.metadata()?.modified());
            modified.is_ok_and(|moment| moment.elapsed().is_ok_and(|age| age > keep_for))
        })
}
