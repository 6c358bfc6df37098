//! The broker against real sockets: raw bytes where order and codes matter, public clients where compatibility does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod clients;
mod connect;
mod deliver;
mod goodbye;
mod isolation;
mod keep_alive;
mod limits;
mod publish;
mod qos2;
mod raw;
mod revoked;
mod sessions;
mod stage;
mod strangers;
mod strict;
mod subscribe;
mod takeover;
mod will;
