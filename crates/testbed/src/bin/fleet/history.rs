//! Fills in the past, so that charts have shape and rules can be tried: a week for a new device, the missing time for one
//! that an earlier run left. Sent over HTTP as a device does after an outage: an array of rows with their own times.

use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use model::Timestamp;
use serde_json::{Value as Json, json};
use testbed::{Api, Result};

use crate::fault::Course;
use crate::register::Registered;
use crate::signals;
use crate::wave::Moment;

/// A row every quarter of an hour tells a day or a fault; every two hours are enough for a week. A server built for
/// debugging takes them in half a minute, on two cores.
const FINE: i64 = 900_000;
const COARSE: i64 = 7_200_000;
const DAY: i64 = 86_400_000;
/// Stays well below the largest body that a server takes.
const ROWS_AT_ONCE: usize = 600;
const AT_ONCE: usize = 6;

/// How many rows were stored.
pub async fn fill(api: &Api, fleet: &[Registered], now: Timestamp, days: u32) -> Result<usize> {
    let week_ago = now.minus(Duration::from_secs(u64::from(days) * 86_400));
    futures::stream::iter(fleet)
        .map(|registered| {
            let from = registered.last_seen.map_or(week_ago, |seen| seen.max(week_ago));
            let rows = rows(registered, from, now);
            async move {
                for some in rows.chunks(ROWS_AT_ONCE) {
                    api.post_as(&registered.device, "/telemetry", &json!(some)).await?;
                }
                Ok(rows.len())
            }
        })
        .buffer_unordered(AT_ONCE)
        .try_fold(0, |sum, rows| async move { Ok(sum + rows) })
        .await
}

fn rows(registered: &Registered, from: Timestamp, now: Timestamp) -> Vec<Json> {
    let member = &registered.member;
    // A device has its own second of the minute.
    let phase = i64::try_from(member.seed % 60_000).unwrap_or(0);
    let first = from.as_millis().div_euclid(FINE) + 1;
    (first..)
        .map(|n| n * FINE)
        .take_while(|ms| ms + phase < now.as_millis())
        .filter(|ms| member.fault.is_some() || ms + DAY > now.as_millis() || ms % COARSE == 0)
        .map(|ms| {
            let ms = ms + phase;
            let course = Course::of(member.fault, ms, now.as_millis());
            json!({ "ts": ms, "values": signals::values(member.kind, Moment { seed: member.seed, ms }, course) })
        })
        .collect()
}
