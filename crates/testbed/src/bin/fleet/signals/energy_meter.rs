use serde_json::{Map, Value as Json};

use super::Row;
use crate::wave::Moment;

pub fn values(at: Moment) -> Map<String, Json> {
    let (base, peak) = (at.own("base", 0.8, 4.0), at.own("peak", 6.0, 38.0));
    let power =
        base + peak * at.busy() * (1.0 + 0.18 * at.drift("load", 0.4)) + 0.1 * base * at.noise("power");
    let voltage = 230.0 - 2.5 * at.busy() + 0.9 * at.drift("grid", 0.7) + 0.3 * at.noise("voltage");
    let factor = 0.93 + 0.04 * at.busy() + 0.01 * at.drift("factor", 1.0);
    // Its average over many days, and a daily swing around that which is too small to turn it back.
    let average = base + 0.33 * peak;
    let swing = 0.8 * average * 24.0 / std::f64::consts::TAU;
    let since = at.hours() - 480_000.0;
    let energy = average * since - swing * ((at.hour_of_day() - 7.0) / 24.0 * std::f64::consts::TAU).cos();
    Row::default()
        .number("power_kw", power.max(0.0), 2)
        .number("energy_kwh", energy, 1)
        .number("voltage", voltage, 1)
        .number("current", power.max(0.0) * 1_000.0 / (voltage * 1.732 * factor), 1)
        .number("power_factor", factor, 3)
        .done()
}
