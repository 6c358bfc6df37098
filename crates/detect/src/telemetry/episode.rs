//! One finding per episode: armed, then beyond the limit for the hold time, then fired until cleared.

use std::time::Duration;

use model::Timestamp;
use serde::{Deserialize, Serialize};

/// A point that is older than the newest by more than this begins the device's time anew (a clock that was set back,
/// old data sent again); by less, it is late, and left out of the decision.
const DISORDER: Duration = Duration::from_secs(300);

/// What one rule remembers of one device's field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Episode {
    newest: Option<Timestamp>,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
enum Phase {
    #[default]
    Armed,
    /// Beyond the limit since then, not yet for long enough.
    Holding(Timestamp),
    Fired,
}

/// How a moment compares with those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Next,
    Late,
    /// Time runs anew from here.
    Anew,
}

impl Episode {
    /// Takes note of a point's time, and tells whether the point counts.
    pub fn advance(&mut self, ts: Timestamp) -> Order {
        let order = match self.newest {
            Some(newest) if ts < newest && newest.since(ts) <= DISORDER => return Order::Late,
            Some(newest) if ts < newest => Order::Anew,
            _ => Order::Next,
        };
        self.newest = Some(ts);
        if order == Order::Anew && matches!(self.phase, Phase::Holding(_)) {
            self.phase = Phase::Armed;
        }
        order
    }

    /// `beyond` the limit or not, back past the clear level or not: returns since when, if the rule fires now.
    pub fn judge(&mut self, ts: Timestamp, beyond: bool, cleared: bool, hold: Duration) -> Option<Timestamp> {
        match (self.phase, beyond) {
            (Phase::Fired, _) => {
                if cleared {
                    self.phase = Phase::Armed;
                }
                None
            }
            (_, false) => {
                self.phase = Phase::Armed;
                None
            }
            (phase, true) => {
                let since = match phase {
                    Phase::Holding(since) => since,
                    _ => ts,
                };
                if ts.since(since) >= hold {
                    self.phase = Phase::Fired;
                    Some(since)
                } else {
                    self.phase = Phase::Holding(since);
                    None
                }
            }
        }
    }
}
