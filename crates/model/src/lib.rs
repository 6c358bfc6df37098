//! The words that every other crate shares: ids, scope, time, journal records and error kinds.
//!
//! Pure data. It does no I/O, reads no clock but through [`Clock`], and knows no storage, protocol or screen.
//! A change here touches everything, so it holds only what at least two crates must agree on.

pub mod error;
pub mod field_kind;
pub mod field_name;
pub mod ids;
pub mod permission;
pub mod phrase;
pub mod record;
pub mod scope;
pub mod severity;
pub mod telemetry;
pub mod text;
pub mod time;
pub mod value;
pub mod wording;

pub use error::{ErrorKind, Explained, Quota, RateLimit};
pub use field_kind::FieldKind;
pub use field_name::field_name;
pub use ids::*;
pub use permission::{Denied, Permission, Role};
pub use phrase::{Param, Phrase};
pub use record::{
    Body, Connectivity, DeviceEvent, Finding, Header, IncidentChange, IncidentChangeKind, Kind,
    MessageIdentity, Presence, Problem, ProblemCode, Record, RecordError, Reply, StatusChange,
};
pub use scope::{Actor, Scope, SystemScope};
pub use severity::Severity;
pub use telemetry::{Point, Telemetry, TelemetryRef};
pub use text::{TextError, is_hidden, printable};
pub use time::{Clock, SystemClock, Timestamp};
pub use value::{Value, ValueRef};
