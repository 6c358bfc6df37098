//! The live stream: what happens in a tenant, over one WebSocket, from a cursor on.
//!
//! In: the journal. Out: JSON frames. Invariant: a client sees every record that it asked for in order, or a frame
//! that says there is a gap; it never hears of another tenant. Each connection reads the journal at its own pace and
//! commits nothing.

mod connect;
mod cursor;
mod follow;
mod frame;
mod limits;
mod socket;
mod topics;

pub use connect::{__path_open, open};
pub use frame::spelled;
pub use limits::OpenStreams;
