//! Ingest from the outside: what devices send, and what is in the journal afterwards.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod bad_input;
mod door;
mod problems;
mod properties;
mod retransmission;
mod shapes;
mod world;
