//! The real server, started for a test or a demonstration, and a client for its API.
//!
//! In: the `smartsecurity` binary (`SMARTSECURITY_BIN`, or the one next to the running test). Out: a running server in a
//! directory and on ports of its own, that can be killed, stopped and started again, and its log. It uses the contracts
//! only (command line, environment, HTTP, MQTT), so what passes here passes for everybody. The binary `fleet` simulates
//! the demo's devices in the same way.

mod api;
mod error;
mod server;
mod wait;

pub use api::{Api, NewDevice};
pub use error::{Error, Result};
pub use server::{Builder, Server};
pub use wait::{DEADLINE, eventually};
