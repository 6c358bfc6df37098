//! The whole system through its public wires: the built binary, HTTP, WebSocket and MQTT, as anybody could use them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests"
)]

mod bad_input;
mod contracts;
mod crash;
mod damage;
mod document;
mod full_disk;
mod live;
mod mqtt;
mod ops;
mod pages;
mod patience;
mod reference;
mod start;
mod story;
mod walk;
mod wires;
