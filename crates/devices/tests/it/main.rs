//! Devices from the outside: registry, credentials, twins, presence and commands, over a real store and journal.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod commands;
mod credentials;
mod fleet;
mod presence;
mod registry;
mod twins;
mod world;
