//! The twin of every device: its newest values, its rhythm, its presence, its problems.

mod rhythm;
mod view;

use std::time::Duration;

pub use view::{Connection, Counters, FieldValue, ProblemSummary, Rates, Rhythm, TwinView};

/// The defaults suit a fleet of any size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TwinsConfig {
    /// How often twins are written to disk, at most.
    pub checkpoint_every: Duration,
    /// How often it is looked for devices that fell silent.
    pub watch_every: Duration,
    /// After a start, devices have this long to come back before their absence counts.
    pub grace: Duration,
    /// No device is silent before it was quiet for so long, however fast its rhythm.
    pub shortest_silence: Duration,
    /// A device whose rhythm is not known yet, and that keeps no connection, is silent after so long.
    pub unknown_silence: Duration,
}

impl Default for TwinsConfig {
    fn default() -> Self {
        Self {
            checkpoint_every: Duration::from_secs(30),
            watch_every: Duration::from_secs(1),
            grace: Duration::from_secs(60),
            shortest_silence: Duration::from_secs(30),
            unknown_silence: Duration::from_secs(60 * 60),
        }
    }
}
