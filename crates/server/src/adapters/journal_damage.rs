//! Which records of the journal turned out to be damaged since the start.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use backplane::journal::{Batch, JournalError, Offset};
use parking_lot::Mutex;

/// More are not remembered: the disk is beyond describing then.
const MOST: usize = 1_000;

/// Records `from..to`, which cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole {
    pub from: Offset,
    pub to: Offset,
    /// Within the data directory.
    pub file: String,
    pub position: u64,
}

impl Hole {
    pub const fn records(&self) -> u64 {
        self.to.saturating_sub(self.from)
    }
}

pub struct DamageLog {
    data: PathBuf,
    /// By their ends: readers may come across one hole at different places of it.
    holes: Mutex<BTreeMap<Offset, Hole>>,
}

impl DamageLog {
    pub fn new(data: PathBuf) -> Self {
        Self { data, holes: Mutex::default() }
    }

    pub fn note(&self, read: &Result<Batch, JournalError>) {
        let Err(JournalError::Corrupt { from, to, file, position, .. }) = read else { return };
        let mut holes = self.holes.lock();
        if holes.len() >= MOST && !holes.contains_key(to) {
            return;
        }
        let file = Path::new(file).strip_prefix(&self.data).unwrap_or(Path::new(file));
        let fresh = || Hole { from: *from, to: *to, file: file.display().to_string(), position: *position };
        let hole = holes.entry(*to).or_insert_with(fresh);
        hole.from = hole.from.min(*from);
        hole.position = hole.position.min(*position);
    }

    pub fn holes(&self) -> Vec<Hole> {
        self.holes.lock().values().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_that_every_reader_meets_is_one_hole() {
        let log = DamageLog::new("/data".into());
        let corrupt = |from| {
            let file = "/data/journal/1.log".to_owned();
            Err(JournalError::Corrupt { from, to: 9, file, position: 40, detail: "a checksum".to_owned() })
        };
        for from in [5, 3, 5] {
            log.note(&corrupt(from));
        }
        log.note(&Err(JournalError::Closed));
        let hole = Hole { from: 3, to: 9, file: "journal/1.log".to_owned(), position: 40 };
        assert_eq!((log.holes(), hole.records()), (vec![hole.clone()], 6));
    }
}
