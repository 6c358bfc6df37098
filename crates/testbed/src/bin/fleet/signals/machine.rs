use serde_json::{Map, Value as Json};

use super::Row;
use crate::fault::Course;
use crate::wave::Moment;

pub fn values(at: Moment, course: Course) -> Map<String, Json> {
    let running = at.busy() > 0.3 && !at.sometimes("changeover", 0.08, 0.4);
    let load = if running { 0.65 + 0.25 * at.drift("load", 1.0) } else { 0.0 };
    let warm = at.own("warm", 58.0, 68.0);
    let temperature =
        24.0 + (warm - 24.0) * at.busy().sqrt() + 4.0 * at.drift("heat", 0.8) + 0.3 * at.noise("heat");
    let strained = ((course.heat - 60.0) / 30.0).clamp(0.0, 1.0);
    Row::default()
        .number("temperature", temperature.max(course.heat), 1)
        .number("vibration_mm_s", 0.3 + 3.2 * load + 0.3 * at.noise("vibration").abs() + 4.5 * strained, 2)
        .number("speed_rpm", if running { 1_480.0 - 40.0 * load + 4.0 * at.noise("speed") } else { 0.0 }, 0)
        .number("current", 0.4 + 17.0 * load + 0.4 * at.noise("current").abs() + 5.0 * strained, 1)
        .flag("running", running || strained > 0.0)
        .done()
}
