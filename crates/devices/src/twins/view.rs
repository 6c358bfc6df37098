//! What others see of a twin.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::{Connectivity, Phrase, ProblemCode, Timestamp, Value};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq)]
pub struct FieldValue {
    pub field: Arc<str>,
    pub value: Value,
    /// The device's own time.
    pub ts: Timestamp,
}

/// How often a device sends, learned from when it did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rhythm {
    /// The median of its latest intervals.
    pub usual: Duration,
    /// Quiet for longer than this, it counts as silent.
    pub silent_after: Duration,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Messages of measurements.
    pub messages: u64,
    /// Rows that they held.
    pub points: u64,
    pub events: u64,
}

/// A live connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    pub client_id: String,
    pub protocol: String,
    pub address: String,
    pub since: Timestamp,
}

/// All problems of one code.
#[derive(Clone, Debug, PartialEq)]
pub struct ProblemSummary {
    pub code: ProblemCode,
    pub topic: String,
    /// Of the latest.
    pub detail: Phrase,
    pub sample: Bytes,
    pub count: u64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    /// Whether what was sent is stored nevertheless.
    pub kept: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TwinView {
    /// By field name.
    pub telemetry: Vec<FieldValue>,
    pub connectivity: Connectivity,
    /// Why: what came with the last change.
    pub reason: Option<Phrase>,
    /// When we last received something from it.
    pub last_seen: Option<Timestamp>,
    pub rhythm: Option<Rhythm>,
    pub counters: Counters,
    pub connection: Option<Connection>,
    /// By time, the latest first.
    pub problems: Vec<ProblemSummary>,
}

/// Messages per minute of one tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rates {
    /// The last sixty full minutes, the oldest first.
    pub messages_per_minute: Vec<u64>,
}
