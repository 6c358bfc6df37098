//! The thread that writes: group commit, rolling to new segments, giving up on a segment that failed.
//!
//! While one group is being synced the next one gathers, so a slow disk makes larger groups and not a longer queue. A
//! failed write is taken back. After a failed *sync* nobody can know what the disk holds, and a second sync may claim
//! success for pages that the kernel dropped; so that segment is never written again. Its successor starts at the durable
//! end, which makes whatever the old one holds beyond it void.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::disk::{Disk, DiskFile};
use super::frame;
use super::queue::{Append, Work};
use super::refusal;
use super::retention;
use super::segment::{self, Segment};
use super::shared::{End, Shared};
use crate::journal::{JournalError, Offset};

const TIDY_EVERY: Duration = Duration::from_secs(60);
const SAY_EVERY: Duration = Duration::from_secs(10);
/// A larger write buffer is given back after use.
const BUFFER_KEPT: usize = 1 << 20;

pub(super) struct Committer {
    pub shared: Arc<Shared>,
    pub disk: Arc<dyn Disk>,
    /// `None` after a failure: the next group starts a new one.
    pub active: Option<Active>,
    pub trouble: Trouble,
}

pub(super) struct Active {
    pub segment: Arc<Segment>,
    pub file: Box<dyn DiskFile>,
    /// Durable length.
    pub len: u64,
}

impl Committer {
    pub(super) fn run(mut self) {
        let _gone = Gone(self.shared.clone());
        let shared = self.shared.clone();
        let config = &shared.config;
        let mut buffer = Vec::new();
        loop {
            match shared.queue.next(config.linger, config.max_batch_bytes, TIDY_EVERY) {
                Work::Commit(group) => self.commit(group, &mut buffer),
                Work::Tidy => retention::tidy(&shared, self.disk.as_ref()),
                Work::Close => return,
            }
        }
    }

    fn commit(&mut self, group: Vec<Append>, buffer: &mut Vec<u8>) {
        let shared = self.shared.clone();
        let end = shared.log.read().end;
        let bytes: usize = group.iter().map(|append| append.bytes).sum();
        let result = if bytes == 0 { Ok(()) } else { self.write(&group, bytes, end, buffer) };
        buffer.clear();
        buffer.shrink_to(BUFFER_KEPT);
        match result {
            Ok(()) => {
                if bytes > 0 && self.trouble.over() {
                    *shared.failed.lock() = None;
                }
                publish(&shared, group, end);
            }
            Err(error) => {
                shared.refused.fetch_add(group.len() as u64, Ordering::Relaxed);
                *shared.failed.lock() = Some(Instant::now());
                self.trouble.refused(group.len(), &error);
                for append in group {
                    let _ = append.done.send(Err(error.clone()));
                }
            }
        }
    }

    /// Makes the group durable, or leaves nothing of it.
    fn write(
        &mut self,
        group: &[Append],
        bytes: usize,
        end: Offset,
        buffer: &mut Vec<u8>,
    ) -> Result<(), JournalError> {
        let full = |active: &Active| {
            active.segment.base < end && active.len + bytes as u64 > self.shared.config.segment_bytes
        };
        let active = match self.active.take() {
            Some(active) if !full(&active) => self.active.insert(active),
            // When rolling fails the old one still serves.
            old => match self.roll(end) {
                Ok(new) => self.active.insert(new),
                Err(error) => {
                    self.active = old;
                    return Err(error);
                }
            },
        };

        let mut base = end;
        for append in group.iter().filter(|append| !append.records.is_empty()) {
            frame::encode(&append.records, base, end, active.segment.salt, buffer);
            base += append.records.len() as u64;
        }
        if let Err(error) = active.file.write_at(buffer, active.len) {
            let refused = refusal(&active.segment.path, &error);
            let taken_back = active.file.truncate(active.len).is_ok();
            // A full disk is healthy; the same file goes on where it was.
            if !(taken_back && matches!(refused, JournalError::Full { .. })) {
                self.active = None;
            }
            return Err(refused);
        }
        let started = Instant::now();
        if let Err(error) = active.file.sync() {
            let refused = refusal(&active.segment.path, &error);
            tracing::error!(%error, file = %active.segment.path.display(), "a sync failed; the segment is abandoned");
            let _ = active.file.truncate(active.len);
            self.active = None;
            return Err(refused);
        }
        let took = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.shared.last_sync_micros.store(took, Ordering::Relaxed);
        self.shared.syncs.fetch_add(1, Ordering::Relaxed);
        active.segment.passed(end, active.len);
        active.len += buffer.len() as u64;
        active.segment.bytes.store(active.len, Ordering::Relaxed);
        Ok(())
    }

    /// Starts a segment at the durable end.
    fn roll(&self, end: Offset) -> Result<Active, JournalError> {
        self.remove_void(end)?;
        let active = create(&self.shared.dir, end, self.disk.as_ref())
            .map_err(|(path, error)| refusal(&path, &error))?;
        self.shared.log.write().segments.push_back(active.segment.clone());
        retention::tidy(&self.shared, self.disk.as_ref());
        Ok(active)
    }

    /// Removes an abandoned segment that never held anything durable: its successor starts at the same offset.
    fn remove_void(&self, end: Offset) -> Result<(), JournalError> {
        let void = self.shared.log.read().segments.back().filter(|last| last.base == end).cloned();
        let Some(void) = void else { return Ok(()) };
        match self.disk.remove(&void.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(refusal(&void.path, &error)),
            _ => {}
        }
        self.shared.log.write().segments.retain(|segment| segment.base != end);
        Ok(())
    }
}

/// A durable, empty segment.
pub(super) fn create(
    dir: &std::path::Path,
    base: Offset,
    disk: &dyn Disk,
) -> Result<Active, (std::path::PathBuf, io::Error)> {
    let segment = Segment::plan(dir, base);
    let made = disk.create(&segment.path).and_then(|mut file| {
        file.write_at(&segment.header(), 0)?;
        file.sync()?;
        disk.sync_dir(dir)?;
        Ok(file)
    });
    match made {
        Ok(file) => {
            segment.bytes.store(segment::HEADER, Ordering::Relaxed);
            Ok(Active { segment: Arc::new(segment), file, len: segment::HEADER })
        }
        Err(error) => {
            let _ = disk.remove(&segment.path);
            Err((segment.path, error))
        }
    }
}

/// The group is durable: readers may see it, and its callers learn their offsets.
fn publish(shared: &Shared, group: Vec<Append>, end: Offset) {
    let mut offset = end;
    let mut done = Vec::with_capacity(group.len());
    {
        let mut log = shared.log.write();
        for append in group {
            done.push((append.done, offset));
            let count = append.records.len() as u64;
            if count > 0 {
                log.recent.push(offset, append.records);
            }
            offset += count;
        }
        log.end = offset;
    }
    shared.end.send_if_modified(|known| std::mem::replace(&mut known.offset, offset) != offset);
    for (done, offset) in done {
        let _ = done.send(Ok(offset));
    }
}

/// What an operator reads while the disk refuses: the first refusal, a summary every ten seconds, and the end. A log
/// line for each would fill the disk that is full.
#[derive(Default)]
pub(super) struct Trouble {
    said: Option<Instant>,
    unsaid: usize,
}

impl Trouble {
    fn refused(&mut self, appends: usize, error: &JournalError) {
        self.unsaid += appends;
        if self.said.is_none_or(|said| said.elapsed() >= SAY_EVERY) {
            tracing::error!(%error, appends = self.unsaid, "the journal refuses what it cannot make durable");
            (self.said, self.unsaid) = (Some(Instant::now()), 0);
        }
    }

    /// Returns whether there had been any.
    fn over(&mut self) -> bool {
        let ends = self.said.take().is_some();
        if ends {
            tracing::info!(appends = self.unsaid, "the journal takes appends again");
            self.unsaid = 0;
        }
        ends
    }
}

/// However the thread ends, nobody waits for it for ever.
struct Gone(Arc<Shared>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.queue.abandon();
        self.0.end.send_modify(|end: &mut End| end.closed = true);
    }
}
