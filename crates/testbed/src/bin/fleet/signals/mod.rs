//! What each kind of device measures, as a function of who it is and when.

mod camera;
mod door_lock;
mod energy_meter;
mod gateway;
mod machine;
mod thermostat;

use serde_json::{Map, Value as Json};

use crate::fault::Course;
use crate::kind::Kind;
use crate::wave::Moment;

/// One row of measurements.
pub fn values(kind: Kind, at: Moment, course: Course) -> Json {
    let values = match kind {
        Kind::Camera => camera::values(at),
        Kind::Thermostat => thermostat::values(at, course),
        Kind::DoorLock => door_lock::values(at, course),
        Kind::EnergyMeter => energy_meter::values(at),
        Kind::Gateway => gateway::values(at),
        Kind::MachineSensor => machine::values(at, course),
    };
    Json::Object(values)
}

/// Builds a row; numbers are rounded as a device's display would.
#[derive(Default)]
struct Row(Map<String, Json>);

impl Row {
    fn number(mut self, field: &str, value: f64, decimals: i32) -> Self {
        let scale = 10_f64.powi(decimals);
        let rounded = (value * scale).round() / scale;
        // A count reads as one.
        let number = if decimals == 0 { Json::from(rounded as i64) } else { Json::from(rounded) };
        self.0.insert(field.to_owned(), number);
        self
    }

    fn flag(mut self, field: &str, value: bool) -> Self {
        self.0.insert(field.to_owned(), value.into());
        self
    }

    fn text(mut self, field: &str, value: &str) -> Self {
        self.0.insert(field.to_owned(), value.into());
        self
    }

    fn done(self) -> Map<String, Json> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Fault;

    #[test]
    fn a_week_of_every_kind_stays_believable() {
        let start = 1_795_000_000_000;
        for kind in Kind::ALL {
            for seed in 0..20 {
                for step in 0..7 * 144 {
                    let at = Moment { seed: crate::wave::mix(seed), ms: start + step * 600_000 };
                    let row = values(kind, at, Course::healthy());
                    let row = row.as_object().unwrap();
                    assert!(row.len() >= 5, "{kind:?}");
                    for (field, value) in row {
                        let Some(number) = value.as_f64() else { continue };
                        assert!(number.is_finite(), "{kind:?} {field}");
                        assert!(number >= 0.0 || field == "signal_dbm", "{kind:?} {field} {number}");
                        if kind == Kind::Thermostat && field == "temperature" {
                            assert!(number < 26.0, "a healthy room stays below the rule's limit: {number}");
                        }
                        if kind == Kind::MachineSensor && field == "temperature" {
                            assert!(number < 85.0, "a healthy machine too: {number}");
                        }
                        if field == "battery_percent" {
                            assert!(number > 20.0, "a healthy battery too: {number}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn faults_show() {
        let start = 1_795_000_000_000;
        let field = |kind, field: &str, live_s: f64| {
            let at = Moment { seed: 5, ms: start + (live_s * 1000.0) as i64 };
            let course = Course::of(Fault::of(kind), at.ms, start);
            values(kind, at, course)[field].as_f64().unwrap()
        };
        assert!(field(Kind::Thermostat, "temperature", 5.0) > 27.0);
        assert!(field(Kind::MachineSensor, "temperature", 60.0) > 90.0);
        assert!(field(Kind::DoorLock, "battery_percent", 0.0) > 20.0);
        assert!(field(Kind::DoorLock, "battery_percent", 300.0) < 15.0);
    }

    #[test]
    fn an_energy_counter_never_runs_back() {
        let mut last = 0.0;
        for step in 0..2_000 {
            let at = Moment { seed: 3, ms: 1_795_000_000_000 + step * 300_000 };
            let energy = values(Kind::EnergyMeter, at, Course::healthy())["energy_kwh"].as_f64().unwrap();
            assert!(energy >= last);
            last = energy;
        }
    }
}
