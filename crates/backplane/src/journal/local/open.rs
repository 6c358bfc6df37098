//! Opening: the lock, the segments that are there, the repair of the newest one.

use std::collections::VecDeque;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::OpenError;
use super::committer::{self, Active};
use super::disk::Disk;
use super::recover;
use super::segment::{HeaderState, Segment};
use crate::journal::Offset;

/// Held as long as the journal is open. The kernel releases it with the process, however that ends.
pub(super) fn lock(dir: &Path) -> Result<File, OpenError> {
    fs::create_dir_all(dir).map_err(failed(dir))?;
    let path = dir.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked { path: dir.to_owned() }),
        Err(TryLockError::Error(source)) => Err(OpenError::Io { path, source }),
    }
}

pub(super) struct Opened {
    pub segments: VecDeque<Arc<Segment>>,
    pub active: Active,
    pub end: Offset,
    /// Cut off the newest segment.
    pub torn_bytes: u64,
}

/// `known_end` is how far readers have come: offsets before it are never used again, whatever happened to the files.
pub(super) fn open(dir: &Path, known_end: Offset, disk: &dyn Disk) -> Result<Opened, OpenError> {
    let mut segments = find(dir, disk)?;
    let (mut active, mut end, torn_bytes) = match segments.pop_back() {
        Some(newest) => repair(newest, dir, disk)?,
        None => (start(dir, known_end, disk)?, known_end, 0),
    };
    if end < known_end {
        tracing::error!(
            directory = %dir.display(), from = end, to = known_end,
            "journal records that readers have seen are missing from the disk; the journal goes on behind them"
        );
        segments.push_back(active.segment);
        (active, end) = (start(dir, known_end, disk)?, known_end);
    }
    segments.push_back(active.segment.clone());
    disk.sync_dir(dir).map_err(failed(dir))?;
    Ok(Opened { segments, active, end, torn_bytes })
}

/// The segments, oldest first.
fn find(dir: &Path, disk: &dyn Disk) -> Result<VecDeque<Arc<Segment>>, OpenError> {
    let mut found: Vec<Segment> = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed(dir))? {
        let entry = entry.map_err(failed(dir))?;
        let Some(segment) = Segment::from_path(entry.path()) else { continue };
        let bytes = entry.metadata().map_err(failed(&segment.path))?.len();
        segment.bytes.store(bytes, Ordering::Relaxed);
        found.push(segment);
    }
    found.sort_by_key(|segment| (segment.base, segment.bytes()));
    let mut segments: VecDeque<Arc<Segment>> = VecDeque::new();
    for segment in found {
        // Two of one base: a crash came between the removal of a segment that failed empty and its successor's sync.
        if let Some(void) = segments.pop_back_if(|last| last.base == segment.base) {
            tracing::warn!(file = %void.path.display(), "an abandoned journal segment is removed");
            disk.remove(&void.path).map_err(failed(&void.path))?;
        }
        match segment.check_header().map_err(failed(&segment.path))? {
            HeaderState::Good => {}
            HeaderState::NewerFormat(version) => {
                return Err(OpenError::NewerFormat { file: segment.path, version });
            }
            HeaderState::Damaged => {
                tracing::warn!(file = %segment.path.display(), "the segment's header is damaged; its frames are read all the same");
            }
        }
        segments.push_back(Arc::new(segment));
    }
    Ok(segments)
}

fn start(dir: &Path, base: Offset, disk: &dyn Disk) -> Result<Active, OpenError> {
    committer::create(dir, base, disk).map_err(|(path, source)| OpenError::Io { path, source })
}

/// Cuts a torn tail and makes the rest durable.
fn repair(segment: Arc<Segment>, dir: &Path, disk: &dyn Disk) -> Result<(Active, Offset, u64), OpenError> {
    let failed = failed(&segment.path);
    let scan = recover::scan(&segment).map_err(&failed)?;
    for hole in &scan.damage {
        tracing::error!(
            file = %segment.path.display(), position = hole.position, from = hole.from, to = hole.to, why = hole.why,
            "journal records are damaged; readers are told of the gap"
        );
    }
    if scan.end == segment.base && !matches!(segment.check_header(), Ok(HeaderState::Good)) {
        tracing::warn!(file = %segment.path.display(), "a journal segment that was never finished is removed");
        disk.remove(&segment.path).map_err(&failed)?;
        return Ok((start(dir, segment.base, disk)?, segment.base, 0));
    }
    let mut file = disk.open(&segment.path).map_err(&failed)?;
    let cut = segment.bytes().saturating_sub(scan.len);
    if cut > 0 {
        tracing::warn!(
            file = %segment.path.display(), position = scan.len, bytes = cut, why = scan.torn,
            "the journal's tail was torn by a crash and is cut; nothing in it had been acknowledged"
        );
        file.truncate(scan.len).map_err(&failed)?;
    }
    // What a killed process wrote may be in the page cache only, and readers are about to see it.
    file.sync().map_err(&failed)?;
    segment.cut(scan.len);
    Ok((Active { segment, file, len: scan.len }, scan.end, cut))
}

fn failed(path: &Path) -> impl Fn(io::Error) -> OpenError + use<> {
    let path: PathBuf = path.to_owned();
    move |source| OpenError::Io { path: path.clone(), source }
}
