//! The HTTP API for people, programs and devices, with its OpenAPI document.
//!
//! In: requests. Out: views of what the domains answer, and problems (RFC 9457) with stable codes. One folder per
//! domain, one file per operation: extract, authorise, one domain call, view.
//! Invariant: every route says beside its name who may call it ([`permit`]), and the guard that follows from it runs
//! before anything of the request is looked at. It holds no rules and no SQL, and does not know how it is served.

#![allow(clippy::result_large_err, reason = "a problem is made once for a request that is refused")]

mod auth;
mod caller;
mod channels;
mod devices;
mod extract;
mod incidents;
mod intake;
mod me;
mod openapi;
mod page;
mod people;
mod permit;
mod phrase;
mod problem;
mod profiles;
mod query;
mod rate_limit;
mod request_id;
mod router;
mod rules;
mod state;
mod stream;
mod system;
mod when;

pub use intake::RefusedSenders;
pub use phrase::PhraseView;
pub use problem::Problem;
pub use router::{document, document_json, router};
pub use state::{Api, ApiLimits, Services};
pub use stream::OpenStreams;
pub use system::{
    Disk, Endpoints, IngestFigures, Installation, InstallationStatus, JournalFigures, LakeFigures,
    ReaderFigures, RefusedConnections, Refusing, TaskFigures,
};
pub use when::When;
