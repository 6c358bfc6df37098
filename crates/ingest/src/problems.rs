//! Problems of one device: recorded at most once a second per code, counted always.

use std::time::Duration;

use bytes::Bytes;
use model::{Phrase, Problem, ProblemCode, Timestamp};

/// How much of a refused payload is kept.
const SAMPLE: usize = 1024;

struct Entry {
    code: ProblemCode,
    recorded: Timestamp,
    /// The latest one that was only counted; its count is how many there were.
    held: Option<Problem>,
}

#[derive(Default)]
pub(crate) struct Problems {
    entries: Vec<Entry>,
}

impl Problems {
    /// The record to append now; None when it is only counted for the moment.
    pub fn note(
        &mut self,
        code: ProblemCode,
        topic: &str,
        detail: &Phrase,
        payload: &Bytes,
        now: Timestamp,
        every: Duration,
    ) -> Option<Problem> {
        let mut problem = Problem {
            code,
            topic: start_of(topic, 256),
            detail: detail.clone().printable(),
            sample: sample(payload),
            count: 1,
        };
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.code == code) else {
            self.entries.push(Entry { code, recorded: now, held: None });
            return Some(problem);
        };
        if let Some(held) = entry.held.take() {
            problem.count += held.count;
        }
        // A clock that was set back must not silence a device's problems.
        if now.since(entry.recorded) < every && now >= entry.recorded {
            entry.held = Some(problem);
            return None;
        }
        entry.recorded = now;
        Some(problem)
    }

    /// Takes back what could not be recorded: its count goes on with the next one.
    pub fn give_back(&mut self, problem: Problem) {
        match self.entries.iter_mut().find(|entry| entry.code == problem.code) {
            Some(Entry { held: Some(held), .. }) => held.count += problem.count,
            Some(entry) => entry.held = Some(problem),
            None => {
                let (code, recorded) = (problem.code, Timestamp::EPOCH);
                self.entries.push(Entry { code, recorded, held: Some(problem) });
            }
        }
    }

    /// What was only counted and is due to be recorded.
    pub fn due(&mut self, now: Timestamp, every: Duration) -> Vec<Problem> {
        let mut due = Vec::new();
        for entry in &mut self.entries {
            let is_due = now.since(entry.recorded) >= every || now < entry.recorded;
            if is_due && let Some(problem) = entry.held.take() {
                entry.recorded = now;
                due.push(problem);
            }
        }
        due
    }

    pub fn is_quiet(&self) -> bool {
        self.entries.iter().all(|entry| entry.held.is_none())
    }
}

/// Copied, so that a sample never keeps a network buffer alive.
fn sample(payload: &Bytes) -> Bytes {
    Bytes::copy_from_slice(payload.get(..SAMPLE).unwrap_or(payload))
}

fn start_of(text: &str, most: usize) -> String {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}
