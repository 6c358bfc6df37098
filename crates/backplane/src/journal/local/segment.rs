//! One file of the journal: `<base offset>-<salt>.seg`, a header and frames.
//!
//! The name carries all that is needed to read the frames, so a damaged header costs nothing but a warning. Records at
//! or beyond the next segment's base do not exist, whatever this file holds: that is how a segment is abandoned whose
//! sync failed.

use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use super::frame::Fields;
use crate::journal::Offset;

pub(super) const HEADER: u64 = 32;
const MAGIC: [u8; 8] = *b"SSJOURNL";
const VERSION: u16 = 1;
const EXTENSION: &str = "seg";
/// One known position per so many bytes: a read walks over at most this much before its first record.
const INDEX_EVERY: u64 = 64 << 10;

pub(super) struct Segment {
    pub base: Offset,
    pub salt: u32,
    pub path: PathBuf,
    /// On disk, for the figures.
    pub bytes: AtomicU64,
    file: OnceLock<File>,
    /// Offsets and where their frames start, ascending. Filled by those who pass by.
    index: Mutex<Vec<(Offset, u64)>>,
}

/// What a segment's first bytes say.
pub(super) enum HeaderState {
    Good,
    NewerFormat(u16),
    Damaged,
}

impl Segment {
    /// A new segment's identity; the file is not made yet.
    pub(super) fn plan(dir: &Path, base: Offset) -> Self {
        let salt = u32::try_from(RandomState::new().hash_one(base) >> 32).unwrap_or(0);
        Self::at(dir.join(format!("{base:020}-{salt:08x}.{EXTENSION}")), base, salt)
    }

    /// A file of the journal's directory, if its name is a segment's.
    pub(super) fn from_path(path: PathBuf) -> Option<Self> {
        if path.extension()? != EXTENSION {
            return None;
        }
        let (base, salt) = path.file_stem()?.to_str()?.split_once('-')?;
        let (base, salt) = (base.parse().ok()?, u32::from_str_radix(salt, 16).ok()?);
        Some(Self::at(path, base, salt))
    }

    fn at(path: PathBuf, base: Offset, salt: u32) -> Self {
        let (file, index) = (OnceLock::new(), Mutex::new(vec![(base, HEADER)]));
        Self { base, salt, path, bytes: AtomicU64::new(0), file, index }
    }

    pub(super) fn header(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(32);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&[0; 2]);
        bytes.extend_from_slice(&self.salt.to_le_bytes());
        bytes.extend_from_slice(&self.base.to_le_bytes());
        bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
        bytes
    }

    pub(super) fn check_header(&self) -> io::Result<HeaderState> {
        let mut bytes = [0; 32];
        match self.file()?.read_exact_at(&mut bytes, 0) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(HeaderState::Damaged),
            result => result?,
        }
        if bytes.as_slice() == self.header() {
            return Ok(HeaderState::Good);
        }
        let mut fields = Fields(&bytes);
        let magic: [u8; 8] = fields.take();
        let version = u16::from_le_bytes(fields.take());
        Ok(if magic == MAGIC && version > VERSION {
            HeaderState::NewerFormat(version)
        } else {
            HeaderState::Damaged
        })
    }

    /// For reading; opened once.
    pub(super) fn file(&self) -> io::Result<&File> {
        if let Some(file) = self.file.get() {
            return Ok(file);
        }
        let file = File::open(&self.path)?;
        Ok(self.file.get_or_init(|| file))
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The nearest known frame at or before `offset`.
    pub(super) fn seek(&self, offset: Offset) -> (Offset, u64) {
        let index = self.index.lock();
        let after = index.partition_point(|(base, _)| *base <= offset);
        after.checked_sub(1).and_then(|at| index.get(at)).copied().unwrap_or((self.base, HEADER))
    }

    /// The file was cut to `len`: what was known behind it is not so any more.
    pub(super) fn cut(&self, len: u64) {
        self.index.lock().retain(|(_, position)| *position < len.max(HEADER + 1));
        self.bytes.store(len, Ordering::Relaxed);
    }

    /// Remembers where a frame starts, if no near one is known.
    pub(super) fn passed(&self, base: Offset, position: u64) {
        let mut index = self.index.lock();
        if index.last().is_none_or(|(known, at)| *known < base && at + INDEX_EVERY <= position) {
            index.push((base, position));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_says_it_all() {
        let planned = Segment::plan(Path::new("/journal"), 1234);
        let found = Segment::from_path(planned.path.clone()).unwrap();
        assert_eq!((found.base, found.salt), (1234, planned.salt));
        assert!(Segment::from_path("/journal/readers".into()).is_none());
        assert!(Segment::from_path("/journal/12.seg".into()).is_none());
    }

    #[test]
    fn seeking_uses_what_was_passed() {
        let segment = Segment::plan(Path::new("/journal"), 100);
        segment.passed(150, 1_000);
        segment.passed(200, 100_000);
        segment.passed(180, 90_000);
        assert_eq!(segment.seek(199), (100, HEADER));
        assert_eq!(segment.seek(200), (200, 100_000));
        assert_eq!(segment.seek(999), (200, 100_000));
    }
}
