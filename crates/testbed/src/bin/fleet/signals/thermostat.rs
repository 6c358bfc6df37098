use serde_json::{Map, Value as Json};

use super::Row;
use crate::fault::Course;
use crate::wave::Moment;

pub fn values(at: Moment, course: Course) -> Map<String, Json> {
    let comfort = at.own("comfort", 20.5, 22.0);
    // Rooms are warmed before people come, and cool slowly after they left.
    let lead = Moment { ms: at.ms + 5_400_000, ..at };
    let target = if lead.busy() > 0.2 || at.busy() > 0.2 { comfort } else { 17.5 };
    let room = 17.6 + (comfort - 17.6) * lead.busy().max(at.busy()).sqrt().min(1.0);
    let temperature =
        room + 0.8 * at.drift("room", 2.0) + 0.4 * at.warmth_of_day() + 0.08 * at.noise("sensor");
    let heating = temperature < target + 0.2;
    Row::default()
        .number("temperature", temperature + course.drift, 1)
        .number("target", (target * 2.0).round() / 2.0, 1)
        .number("humidity", 44.0 + 7.0 * at.drift("humidity", 9.0) + 4.0 * at.busy(), 0)
        .flag("heating", heating)
        .number(
            "valve_percent",
            if heating { 35.0 + 40.0 * (target + 0.2 - temperature).clamp(0.0, 1.5) } else { 0.0 },
            0,
        )
        .text("mode", if target > 18.0 { "comfort" } else { "eco" })
        .done()
}
