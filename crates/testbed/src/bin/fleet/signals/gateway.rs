use serde_json::{Map, Value as Json};

use super::Row;
use crate::wave::Moment;

pub fn values(at: Moment) -> Map<String, Json> {
    let (fleet, strain) = (at.own("fleet", 12.0, 24.0).round(), at.own("strain", 8.0, 22.0));
    let busy = 0.3 + 0.7 * at.busy();
    Row::default()
        .number("devices_connected", fleet - f64::from(u8::from(at.sometimes("one away", 0.2, 0.3))), 0)
        .number(
            "cpu_percent",
            (strain * busy + 6.0 * at.drift("cpu", 0.2) + 3.0 * at.noise("cpu")).max(1.0),
            1,
        )
        .number("memory_percent", at.own("memory", 34.0, 58.0) + 4.0 * at.drift("memory", 12.0), 1)
        .number(
            "uplink_ms",
            (14.0 + 9.0 * busy + 5.0 * at.drift("uplink", 0.3) + 2.0 * at.noise("uplink")).max(4.0),
            1,
        )
        .number("loss_percent", (0.4 * at.drift("loss", 0.6) - 0.15).max(0.0), 2)
        .done()
}
