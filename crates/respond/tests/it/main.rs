//! Rules, incidents and notices from outside, on both databases, with real receivers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[macro_use]
#[path = "../../../store/tests/it/databases/mod.rs"]
mod databases;

mod channels;
mod delivery;
mod email;
mod fixture;
mod incidents;
mod mailbox;
mod outage;
mod refusing;
mod rules;
mod watch;
mod webhook;
