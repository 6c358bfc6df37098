//! People and their proofs, on both databases and with a clock that tests wind.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[macro_use]
#[path = "../../../store/tests/it/databases/mod.rs"]
mod databases;

mod account;
mod keys;
mod people;
mod refresh;
mod setup;
mod sign_in;
mod tenants;
mod world;
