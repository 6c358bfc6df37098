use serde_json::{Map, Value as Json};

use super::Row;
use crate::fault::Course;
use crate::wave::Moment;

pub fn values(at: Moment, course: Course) -> Map<String, Json> {
    let opens = at.own("traffic", 20.0, 140.0);
    let so_far = opens * (at.hour_of_day() / 24.0).powi(2) * if at.weekend() { 0.12 } else { 1.0 };
    let worn = (at.hours() / at.own("battery life", 4_000.0, 9_000.0)).rem_euclid(1.0);
    Row::default()
        .flag("locked", !at.sometimes("open", 0.35 * at.busy(), 0.02))
        .flag("door_open", at.sometimes("door", 0.12 * at.busy(), 0.01))
        .number("battery_percent", course.battery.unwrap_or(98.0 - 62.0 * worn), 1)
        .number("opened_today", so_far, 0)
        .number("signal_dbm", at.own("signal", -78.0, -52.0) + 3.0 * at.drift("signal", 0.5), 0)
        .done()
}
