//! A field that moves by at least so much within a window, in bounded memory however fast its points come.

use std::collections::VecDeque;
use std::time::Duration;

use model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::episode::{Episode, Order};
use crate::rule::Direction;
use model::wording::{duration, number};

/// A window keeps so many buckets at most. Points further apart than a 64th of the window are each kept exactly; denser
/// ones share a bucket that keeps its lowest and highest.
const BUCKETS: u64 = 64;

#[derive(Clone, Debug)]
pub struct Rate {
    pub field: String,
    pub by: f64,
    pub within: Duration,
    pub direction: Direction,
    pub clear: f64,
    pub hold: Duration,
}

/// The lowest and highest values of the recent past.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Window {
    buckets: VecDeque<Bucket>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Bucket {
    start: Timestamp,
    low: (f64, Timestamp),
    high: (f64, Timestamp),
}

impl Window {
    fn add(&mut self, ts: Timestamp, value: f64, within: Duration) {
        let oldest = ts.minus(within);
        while self.buckets.front().is_some_and(|bucket| bucket.low.1.max(bucket.high.1) < oldest) {
            self.buckets.pop_front();
        }
        let width = within / u32::try_from(BUCKETS).unwrap_or(u32::MAX);
        match self.buckets.back_mut() {
            Some(bucket) if ts.since(bucket.start) < width => {
                if value < bucket.low.0 {
                    bucket.low = (value, ts);
                }
                if value > bucket.high.0 {
                    bucket.high = (value, ts);
                }
            }
            _ => self.buckets.push_back(Bucket { start: ts, low: (value, ts), high: (value, ts) }),
        }
    }

    fn lowest(&self, since: Timestamp) -> Option<(f64, Timestamp)> {
        self.buckets
            .iter()
            .map(|bucket| bucket.low)
            .filter(|low| low.1 >= since)
            .min_by(|a, b| a.0.total_cmp(&b.0))
    }

    fn highest(&self, since: Timestamp) -> Option<(f64, Timestamp)> {
        self.buckets
            .iter()
            .map(|bucket| bucket.high)
            .filter(|high| high.1 >= since)
            .max_by(|a, b| a.0.total_cmp(&b.0))
    }
}

impl Rate {
    pub fn observe(
        &self,
        (episode, window): (&mut Episode, &mut Window),
        ts: Timestamp,
        value: f64,
    ) -> Option<(String, serde_json::Value)> {
        match episode.advance(ts) {
            Order::Late => return None,
            Order::Anew => window.buckets.clear(),
            Order::Next => {}
        }
        window.add(ts, value, self.within);
        let since = ts.minus(self.within);
        let low = window.lowest(since).unwrap_or((value, ts));
        let high = window.highest(since).unwrap_or((value, ts));
        let (rise, fall) = (value - low.0, high.0 - value);
        let (change, from) = match self.direction {
            Direction::Rise => (rise, low),
            Direction::Fall => (fall, high),
            Direction::Either if rise >= fall => (rise, low),
            Direction::Either => (fall, high),
        };
        let beyond = change >= self.by;
        let cleared = if self.clear < self.by { change <= self.clear } else { !beyond };
        episode.judge(ts, beyond, cleared, self.hold)?;
        let rose = value >= from.0;
        let took = ts.since(from.1).as_secs();
        let verb = if rose { "rose" } else { "fell" };
        let title = format!(
            "{} {verb} by {} in {}, from {} to {} (limit {} in {})",
            self.field,
            number(change),
            duration(took.max(1)),
            number(from.0),
            number(value),
            number(self.by),
            duration(self.within.as_secs()),
        );
        let evidence = json!({
            "kind": "rate_of_change", "field": self.field, "value": value, "from": from.0, "from_ts": from.1,
            "change": change, "by": self.by, "within_s": self.within.as_secs(), "took_s": took,
            "direction": if rose { Direction::Rise } else { Direction::Fall },
        });
        Some((title, evidence))
    }
}
