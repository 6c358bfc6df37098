//! What goes wrong with some devices, in the past week and right now.

use crate::kind::Kind;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A thermostat's sensor shows more and more, for three days now.
    DriftingSensor,
    /// A machine overheats: two days ago, and now again.
    Overheating,
    /// A lock's battery falls much faster than it should.
    FallingBattery,
    /// A gateway loses its connection, again and again.
    GoingOffline,
    /// A meter sends broken JSON, and text where a number was.
    BrokenPayloads,
}

impl Fault {
    pub const fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Camera => None,
            Kind::Thermostat => Some(Self::DriftingSensor),
            Kind::MachineSensor => Some(Self::Overheating),
            Kind::DoorLock => Some(Self::FallingBattery),
            Kind::Gateway => Some(Self::GoingOffline),
            Kind::EnergyMeter => Some(Self::BrokenPayloads),
        }
    }
}

/// What a fault adds to the measurements of one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Course {
    /// Degrees on top of the room's temperature.
    pub drift: f64,
    /// The machine is at least this hot.
    pub heat: f64,
    /// The lock's battery, if it is not as it should be.
    pub battery: Option<f64>,
}

const DAY_S: f64 = 86_400.0;
/// The story of a live fault begins anew after so many seconds.
const ROUND_S: f64 = 1_500.0;

impl Course {
    pub const fn healthy() -> Self {
        Self { drift: 0.0, heat: 0.0, battery: None }
    }

    /// At `ms`, when live data began at `live_ms`.
    pub fn of(fault: Option<Fault>, ms: i64, live_ms: i64) -> Self {
        let since_live = (ms - live_ms) as f64 / 1000.0;
        let in_round = since_live.rem_euclid(ROUND_S);
        let mut course = Self::healthy();
        match fault {
            Some(Fault::DriftingSensor) => {
                course.drift = 11.5 * ((since_live + 3.0 * DAY_S) / (3.0 * DAY_S)).clamp(0.0, 1.0)
            }
            Some(Fault::Overheating) if since_live >= 0.0 => course.heat = heat(in_round, 10.0, 40.0, 300.0),
            Some(Fault::Overheating) => course.heat = heat(since_live + 2.2 * DAY_S, 0.0, 3_600.0, 9_000.0),
            Some(Fault::FallingBattery) if since_live >= 0.0 => {
                course.battery = Some((34.0 - in_round / 15.0).max(4.0));
            }
            Some(Fault::FallingBattery) => course.battery = Some(34.0 - since_live / DAY_S),
            Some(Fault::GoingOffline | Fault::BrokenPayloads) | None => {}
        }
        course
    }
}

/// From `start` on it rises to 97 degrees within `rise`, stays for `stay`, and cools down as fast.
fn heat(t: f64, start: f64, rise: f64, stay: f64) -> f64 {
    let up = ((t - start) / rise).clamp(0.0, 1.0);
    let down = ((t - start - rise - stay) / rise).clamp(0.0, 1.0);
    97.0 * (up - down)
}

/// Whether a gateway that goes offline is away, so many seconds after the start. It was there for long enough to be
/// missed: a shorter stay would pass for a device that connects to report and leaves again.
pub fn away(since_live: f64) -> bool {
    (75.0..255.0).contains(&since_live.rem_euclid(900.0))
}
