//! The readers' durable offsets: two slots in a small preallocated file, written in turn.
//!
//! A commit overwrites the older slot in place, so it costs one cheap sync (no block is allocated, no metadata changes),
//! works on a full disk, where readers must go on for space to become free, and a torn write leaves the other slot.
//! Commits that arrive during a sync share the next one.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;

use super::OpenError;
use super::disk::{Disk, DiskFile};
use super::frame::Fields;
use crate::journal::{JournalError, Offset};

const FILE: &str = "readers";
const SLOT: usize = 32 << 10;
const MAGIC: [u8; 4] = *b"SSRD";
const SLOT_HEADER: usize = 24;

type Positions = BTreeMap<String, Offset>;

pub(super) struct Readers {
    path: PathBuf,
    /// What was asked for, and how many times.
    wanted: Mutex<(Positions, u64)>,
    file: Mutex<Slots>,
    durable: Mutex<Positions>,
}

struct Slots {
    file: Box<dyn DiskFile>,
    sequence: u64,
    /// Up to which of `wanted`'s changes the file is current.
    current: u64,
}

impl Readers {
    pub(super) fn open(dir: &Path, disk: &dyn Disk) -> Result<Self, OpenError> {
        let path = dir.join(FILE);
        let failed = |source| OpenError::Io { path: path.clone(), source };
        let (file, sequence, positions) = match fs::read(&path) {
            Ok(bytes) if bytes.len() >= 2 * SLOT => {
                let (sequence, positions) = newest(&bytes).unwrap_or_else(|| {
                    tracing::error!(file = %path.display(), "the readers' offsets are damaged; every reader starts over");
                    Default::default()
                });
                (disk.open(&path).map_err(failed)?, sequence, positions)
            }
            // Its creation was interrupted before anybody could commit.
            Ok(_) => {
                disk.remove(&path).map_err(failed)?;
                (preallocate(&path, disk).map_err(failed)?, 0, Positions::new())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                (preallocate(&path, disk).map_err(failed)?, 0, Positions::new())
            }
            Err(error) => return Err(failed(error)),
        };
        Ok(Self {
            wanted: Mutex::new((positions.clone(), 0)),
            file: Mutex::new(Slots { file, sequence, current: 0 }),
            durable: Mutex::new(positions),
            path,
        })
    }

    pub(super) fn durable(&self) -> Positions {
        self.durable.lock().clone()
    }

    pub(super) fn slowest(&self) -> Option<Offset> {
        self.durable.lock().values().min().copied()
    }

    /// Notes the wish at once, so that commits take effect in the order of calls. `None` when nothing changes.
    pub(super) fn want(&self, reader: &str, next: Offset) -> Option<u64> {
        let mut wanted = self.wanted.lock();
        let (positions, changes) = &mut *wanted;
        if positions.get(reader) == Some(&next) && self.durable.lock().get(reader) == Some(&next) {
            return None;
        }
        positions.insert(reader.to_owned(), next);
        *changes += 1;
        Some(*changes)
    }

    /// Returns when the wish is durable. Blocks.
    pub(super) fn persist(&self, change: u64) -> Result<(), JournalError> {
        let mut slots = self.file.lock();
        if slots.current >= change {
            return Ok(());
        }
        let (positions, current) = self.wanted.lock().clone();
        let sequence = slots.sequence + 1;
        let bytes = encode(sequence, &positions)?;
        let at = if sequence.is_multiple_of(2) { 0 } else { SLOT as u64 };
        let written = slots.file.write_at(&bytes, at).and_then(|()| slots.file.sync());
        written.map_err(|error| super::refusal(&self.path, &error))?;
        (slots.sequence, slots.current) = (sequence, current);
        *self.durable.lock() = positions;
        Ok(())
    }
}

fn preallocate(path: &Path, disk: &dyn Disk) -> io::Result<Box<dyn DiskFile>> {
    let mut file = disk.create(path)?;
    file.write_at(&vec![0; 2 * SLOT], 0)?;
    file.sync()?;
    Ok(file)
}

fn encode(sequence: u64, positions: &Positions) -> Result<Vec<u8>, JournalError> {
    let payload =
        serde_json::to_vec(positions).map_err(|error| JournalError::Io { detail: error.to_string() })?;
    let (bytes, limit) = (payload.len(), SLOT - SLOT_HEADER);
    let len = u32::try_from(bytes)
        .ok()
        .filter(|_| bytes <= limit)
        .ok_or(JournalError::TooLarge { bytes, limit })?;
    let mut slot = Vec::with_capacity(SLOT_HEADER + bytes);
    slot.extend_from_slice(&MAGIC);
    slot.extend_from_slice(&len.to_le_bytes());
    slot.extend_from_slice(&sequence.to_le_bytes());
    slot.extend_from_slice(&crc32fast::hash(&payload).to_le_bytes());
    slot.extend_from_slice(&crc32fast::hash(&slot).to_le_bytes());
    slot.extend_from_slice(&payload);
    Ok(slot)
}

fn decode(slot: &[u8]) -> Option<(u64, Positions)> {
    let mut fields = Fields(slot.get(..SLOT_HEADER)?);
    let header_crc = crc32fast::hash(slot.get(..SLOT_HEADER - 4)?);
    let magic: [u8; 4] = fields.take();
    let len = usize::try_from(u32::from_le_bytes(fields.take())).ok()?;
    let sequence = u64::from_le_bytes(fields.take());
    let payload_crc = u32::from_le_bytes(fields.take());
    if magic != MAGIC || u32::from_le_bytes(fields.take()) != header_crc {
        return None;
    }
    let payload = slot.get(SLOT_HEADER..SLOT_HEADER + len)?;
    if crc32fast::hash(payload) != payload_crc {
        return None;
    }
    Some((sequence, serde_json::from_slice(payload).ok()?))
}

/// `None` when a slot was written once and neither can be read.
fn newest(bytes: &[u8]) -> Option<(u64, Positions)> {
    let newest = bytes.chunks(SLOT).take(2).filter_map(decode).max_by_key(|(sequence, _)| *sequence);
    newest.or_else(|| bytes.iter().all(|byte| *byte == 0).then(Default::default))
}

#[cfg(test)]
mod tests {
    use super::super::disk::FileSystem;
    use super::*;

    fn commit(readers: &Readers, reader: &str, next: Offset) {
        if let Some(change) = readers.want(reader, next) {
            readers.persist(change).unwrap();
        }
    }

    #[test]
    fn offsets_survive_a_torn_write() {
        let dir = tempfile::tempdir().unwrap();
        let readers = Readers::open(dir.path(), &FileSystem).unwrap();
        commit(&readers, "lake", 5);
        commit(&readers, "twin", 9);
        drop(readers);

        let path = dir.path().join(FILE);
        let good = fs::read(&path).unwrap();
        for byte in 0..SLOT_HEADER {
            let mut torn = good.clone();
            torn[byte] ^= 0xff;
            fs::write(&path, torn).unwrap();
            let readers = Readers::open(dir.path(), &FileSystem).unwrap();
            assert_eq!(readers.durable(), Positions::from([("lake".to_owned(), 5)]), "the slot before");
        }
        fs::write(&path, good).unwrap();
        let readers = Readers::open(dir.path(), &FileSystem).unwrap();
        assert_eq!(readers.slowest(), Some(5));
        assert_eq!(readers.want("lake", 5), None, "nothing to write");
        commit(&readers, "lake", 3);
        assert_eq!(readers.slowest(), Some(3), "a reader may go back");
    }

    #[test]
    fn an_interrupted_creation_is_repeated() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), [0; 100]).unwrap();
        assert_eq!(Readers::open(dir.path(), &FileSystem).unwrap().slowest(), None);
    }
}
