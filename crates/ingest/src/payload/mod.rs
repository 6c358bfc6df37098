//! Payloads: JSON text from strangers, turned into points or refused with a sentence that helps.
//!
//! The reader is our own, in safe Rust without indexing. A general JSON library would tell neither which field held a
//! `NaN` nor that a key came twice, and needs a second pass over a tree to make points. It accepts exactly what
//! `serde_json` accepts; a property test holds it to that.

mod event;
mod explain;
mod limits;
mod names;
mod reader;
mod telemetry;
mod ts;
mod write;

pub use event::{EventMessage, parse_event, parse_reply};
pub use explain::Refusal;
pub use limits::Limits;
pub use names::FieldNames;
pub use telemetry::{Parsed, Reading, parse_telemetry};
pub use write::telemetry_to_json;
