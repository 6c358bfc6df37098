//! The whole system through its public wires: the built binary, HTTP, WebSocket and MQTT, as anybody could use them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests"
)]

mod accounts;
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
#[path = "../../../store/tests/it/databases/postgres.rs"]
mod postgres;
mod reference;
mod start;
mod story;
mod texts;
mod walk;
mod wires;
