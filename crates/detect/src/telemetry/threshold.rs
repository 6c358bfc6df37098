//! A field beyond a limit.

use std::time::Duration;

use model::Timestamp;
use serde_json::json;

use super::episode::{Episode, Order};
use crate::rule::Op;
use model::wording::{duration, number};

#[derive(Clone, Debug)]
pub struct Threshold {
    pub field: String,
    pub op: Op,
    pub limit: f64,
    pub clear: f64,
    pub hold: Duration,
}

impl Threshold {
    /// The title and evidence, if the rule fires at this point.
    pub fn observe(
        &self,
        episode: &mut Episode,
        ts: Timestamp,
        value: f64,
    ) -> Option<(String, serde_json::Value)> {
        if episode.advance(ts) == Order::Late {
            return None;
        }
        let (beyond, cleared) = match self.op {
            Op::Above => (value > self.limit, value <= self.clear),
            Op::Below => (value < self.limit, value >= self.clear),
        };
        let since = episode.judge(ts, beyond, cleared, self.hold)?;
        let held = ts.since(since).as_secs();
        let mut title =
            format!("{} {} {} {}", self.field, number(value), self.op.as_str(), number(self.limit));
        if held > 0 {
            title.push_str(" for ");
            title.push_str(&duration(held));
        }
        let evidence = json!({
            "kind": "threshold", "field": self.field, "value": value, "op": self.op, "limit": self.limit,
            "clear": self.clear, "since": since, "held_s": held,
        });
        Some((title, evidence))
    }
}
