//! What went through, since the process started.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use model::ProblemCode;
use parking_lot::Mutex;

/// Figures for operators.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IngestStats {
    /// Messages that became measurements, events or replies.
    pub accepted: u64,
    pub points: u64,
    pub events: u64,
    pub refused: u64,
    pub retransmitted: u64,
    /// Every problem, whether it was recorded singly or only counted.
    pub problems: BTreeMap<ProblemCode, u64>,
    /// Devices whose state is held in memory.
    pub devices: usize,
}

impl IngestStats {
    /// All messages that were judged.
    #[must_use]
    pub const fn messages(&self) -> u64 {
        self.accepted + self.refused + self.retransmitted
    }
}

#[derive(Default)]
pub(crate) struct Counters {
    pub accepted: AtomicU64,
    pub points: AtomicU64,
    pub events: AtomicU64,
    pub refused: AtomicU64,
    pub retransmitted: AtomicU64,
    problems: Mutex<BTreeMap<ProblemCode, u64>>,
}

impl Counters {
    pub fn problem(&self, code: ProblemCode) {
        *self.problems.lock().entry(code).or_default() += 1;
    }

    pub fn snapshot(&self, devices: usize) -> IngestStats {
        IngestStats {
            accepted: self.accepted.load(Ordering::Relaxed),
            points: self.points.load(Ordering::Relaxed),
            events: self.events.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            retransmitted: self.retransmitted.load(Ordering::Relaxed),
            problems: self.problems.lock().clone(),
            devices,
        }
    }
}

pub(crate) fn add(counter: &AtomicU64, by: usize) {
    counter.fetch_add(by as u64, Ordering::Relaxed);
}
