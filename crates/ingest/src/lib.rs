//! From what a device sends to records in the journal.
//!
//! In: a topic and a payload, from an authenticated device. Out: one durable append per call, and one verdict per
//! message. Invariant: whatever is acknowledged is in the journal first, either as measurements, an event or a reply,
//! or as a [`model::Problem`] that says what was wrong; and a message that a client sends again is stored once.
//! It does not know connections, passwords, SQL or the lake.

mod accept;
mod conflicts;
mod devices;
mod draft;
mod kinds;
mod message;
mod payload;
mod problems;
mod recover;
mod stats;
pub mod topic;
mod verdict;
mod window;

pub use accept::{Ingest, IngestConfig};
pub use kinds::{FieldKinds, NoKinds};
pub use message::{Identity, Message, Source};
pub use payload::{
    EventMessage, FieldNames, Limits, Parsed, Reading, Refusal, parse_event, parse_reply, parse_telemetry,
    telemetry_to_json,
};
pub use stats::IngestStats;
pub use topic::Topic;
pub use verdict::Verdict;
