//! What follows from a finding: an incident that people handle, and notices to those who must know.
//!
//! In: rules that people write, and findings from the journal. Out: rules ready for `detect`, incidents with a timeline,
//! notices by e-mail and webhook, and every change of an incident as a record of the journal.
//! Invariants: a finding is taken once however often it is read; a change that was committed reaches the journal and
//! its notices, whatever crashes between. It does not know devices' internals, HTTP routes, or how a rule decides.

mod channels;
mod error;
mod incidents;
mod notices;
mod outbox;
mod rules;
mod watch;

pub use channels::{
    ChannelChange, ChannelInput, ChannelKind, ChannelView, Channels, CreatedChannel, TestResult,
};
pub use error::RespondError;
pub use incidents::READER as RESPOND_READER;
pub use incidents::{
    BulkAction, BulkOutcome, Consumed, FindingReader, Found, IncidentDetail, Incidents, Signals,
};
pub use notices::{Language, NoticeKind, Notifier, NotifierConfig, SmtpConfig, SmtpTls};
pub use outbox::OutboxDrain;
pub use rules::{Preview, PreviewFinding, PreviewResult, RuleInput, RuleState, RuleView, Rules};
pub use store::incidents::{Incident, IncidentCounts, IncidentFilter, TimelineFinding, TimelineRow};
pub use store::notices::{Notice, NoticeFilter};
pub use store::rules::RuleFilter;
pub use store::{Page, PageRequest};
pub use watch::{READER as DETECT_READER, Watch};
