//! A device that was heard before and says nothing for a while.

use std::time::Duration;

use model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use model::wording::duration;

#[derive(Clone, Debug)]
pub struct Absence {
    pub after: Duration,
}

/// When a device was last heard, and whether its silence since then was reported.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    pub at: Timestamp,
    pub offset: u64,
    /// Silence counts from here: `at`, or the end of an outage of ours.
    pub counted_from: Timestamp,
    pub reported: bool,
}

impl Heard {
    pub const fn new(at: Timestamp, offset: u64) -> Self {
        Self { at, offset, counted_from: at, reported: false }
    }
}

impl Absence {
    pub fn due(&self, heard: &Heard) -> Timestamp {
        heard.counted_from.plus(self.after)
    }

    /// The sentence does not depend on when we looked, so that a replay words it the same.
    pub fn words(&self, heard: &Heard) -> (String, serde_json::Value) {
        let after = self.after.as_secs();
        let title = format!("no message for {}", duration(after));
        (title, json!({ "kind": "absence", "last_at": heard.at, "after_s": after }))
    }
}
