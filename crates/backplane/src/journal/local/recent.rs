//! The newest durable records in memory, so that readers at the tail never touch the disk.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::journal::{Batch, Entry, Offset};

/// What holding a record costs besides its bytes, roughly.
const OVERHEAD: usize = 64;

pub(super) struct Recent {
    appends: VecDeque<(Offset, Vec<Bytes>)>,
    bytes: usize,
    limit: usize,
    end: Offset,
}

impl Recent {
    pub(super) fn new(end: Offset, limit: usize) -> Self {
        Self { appends: VecDeque::new(), bytes: 0, limit, end }
    }

    pub(super) fn push(&mut self, base: Offset, records: Vec<Bytes>) {
        self.end = base + records.len() as u64;
        self.bytes += cost(&records);
        self.appends.push_back((base, records));
        while self.bytes > self.limit {
            let Some((_, oldest)) = self.appends.pop_front() else { break };
            self.bytes -= cost(&oldest);
        }
    }

    /// `None` when `from` is older than what is held.
    pub(super) fn read(&self, from: Offset, max_bytes: usize) -> Option<Batch> {
        let mut batch = Batch { entries: Vec::new(), next: from };
        if from >= self.end {
            return Some(batch);
        }
        let start = self.appends.partition_point(|(base, _)| *base <= from).checked_sub(1)?;
        let mut room = Room::new(max_bytes);
        for (base, records) in self.appends.range(start..) {
            for (offset, record) in (*base..).zip(records) {
                if offset < from {
                    continue;
                }
                if !room.take(record.len()) {
                    return Some(batch);
                }
                batch.entries.push(Entry { offset, bytes: record.clone() });
                batch.next = offset + 1;
            }
        }
        Some(batch)
    }
}

fn cost(records: &[Bytes]) -> usize {
    records.iter().map(|record| record.len() + OVERHEAD).sum()
}

/// How much more goes into one read: always one record, then what fits.
pub(super) struct Room {
    left: usize,
    empty: bool,
}

impl Room {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self { left: max_bytes, empty: true }
    }

    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let fits = self.empty || bytes <= self.left;
        if fits {
            self.left = self.left.saturating_sub(bytes);
            self.empty = false;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(texts: &[&'static str]) -> Vec<Bytes> {
        texts.iter().map(|text| Bytes::from_static(text.as_bytes())).collect()
    }

    #[test]
    fn holds_the_newest_only() {
        let mut recent = Recent::new(10, 2 * (OVERHEAD + 4));
        recent.push(10, records(&["aa"]));
        recent.push(11, records(&["bb", "cc"]));
        assert_eq!(recent.read(10, 100), None, "it was dropped to make room");
        let batch = recent.read(12, 100).unwrap();
        assert_eq!((batch.entries.len(), batch.next), (1, 13));
        assert_eq!(recent.read(11, 2).unwrap().next, 12, "one record fits");
        assert_eq!(recent.read(11, 0).unwrap().next, 12, "one always does");
        assert_eq!(recent.read(13, 100).unwrap().next, 13, "the end");
    }

    #[test]
    fn an_append_larger_than_the_limit_is_not_held() {
        let mut recent = Recent::new(0, 100);
        recent.push(0, vec![Bytes::from(vec![0; 200])]);
        assert_eq!(recent.read(0, 100), None);
        assert!(recent.read(1, 100).unwrap().entries.is_empty());
    }
}
