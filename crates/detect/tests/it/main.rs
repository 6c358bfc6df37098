//! The detector from outside: rules in, records in, findings out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod absence;
mod errors;
mod events;
mod fixture;
mod isolation;
mod machine;
mod properties;
mod public_rules;
mod rate;
mod sigma;
mod snapshot;
mod threshold;
