//! Every test runs on SQLite and on a real PostgreSQL: what they would answer differently shows here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[macro_use]
mod databases;

mod devices;
mod frame;
mod full_disk;
mod identity;
mod lake_files;
mod migrations;
mod mqtt_sessions;
mod people;
mod scoping;
