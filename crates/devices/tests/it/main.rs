//! Devices from the outside: registry, credentials, twins, presence and commands, over a real store and journal.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod commands;
mod credentials;
mod fleet;
mod presence;
#[path = "../../../respond/tests/it/refusing.rs"]
#[allow(dead_code, reason = "not every suite counts refusals")]
mod refusing;
mod registry;
mod twins;
mod world;
