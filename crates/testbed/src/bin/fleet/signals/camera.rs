use serde_json::{Map, Value as Json};

use super::Row;
use crate::wave::Moment;

pub fn values(at: Moment) -> Map<String, Json> {
    let dark = at.hour_of_day() < 7.2 || at.hour_of_day() > 18.3;
    let motion = at.sometimes("motion", 0.03 + 0.5 * at.busy(), 0.01);
    let bitrate =
        900.0 + 1_900.0 * at.busy() + if motion { 1_400.0 } else { 0.0 } + 220.0 * at.noise("bitrate");
    let filling = (at.hours() / at.own("days to fill", 200.0, 420.0)).rem_euclid(1.0);
    Row::default()
        .number("fps", if dark { 15.0 } else { 25.0 } + at.noise("fps").round(), 0)
        .number("bitrate_kbps", bitrate, 0)
        .flag("motion", motion)
        .flag("infrared", dark)
        .number("storage_percent", 20.0 + 70.0 * filling, 1)
        .number(
            "temperature",
            at.own("place", 33.0, 41.0) + 4.0 * at.warmth_of_day() + at.drift("board", 3.0),
            1,
        )
        .done()
}
