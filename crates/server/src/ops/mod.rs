//! What operators see of the process: log, health, metrics.

pub mod health;
pub mod log;
pub mod metrics;
mod serve;

pub use serve::{health as health_routes, router};
