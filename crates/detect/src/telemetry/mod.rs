//! Rules over measured values: how each decides, and when it may fire again.
//!
//! All of them turn on the device's own time, so that data replayed at full speed behaves as it did live. Only absence
//! turns on the time of receipt, because silence is something that happens to us.

mod absence;
pub mod check;
mod episode;
mod rate;
mod threshold;

pub use absence::{Absence, Heard};
pub use episode::Episode;
pub use rate::{Rate, Window};
pub use threshold::Threshold;
