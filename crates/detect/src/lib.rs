//! Rules over records: Sigma on devices' events, thresholds, absence and rates of change on their telemetry.
//!
//! In: [`Rule`]s, compiled once by [`compile`], and journal records in order. Out: [`Hit`]s, each with a finding whose id
//! follows from its rule, device and cause. The [`Detector`] that runs live is the one that previews a rule on history:
//! it reads no clock, does no I/O, and gives the same findings for the same records and ticks.
//!
//! It does not know the store, the lake, incidents, or who is told about a finding.

mod compile;
mod detector;
mod error;
mod finding;
mod index;
mod rule;
mod rule_set;
mod sigma;
mod snapshot;
mod telemetry;

pub use compile::{Compiled, Listening, compile};
pub use detector::{Detector, Hit};
pub use error::RuleError;
pub use finding::finding_id;
pub use rule::{Direction, Op, Rule, RuleSpec};
pub use rule_set::RuleSet;
pub use sigma::{SigmaDraft, read as read_sigma};
pub use snapshot::SnapshotError;
