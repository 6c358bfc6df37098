//! Tells the server what the fields are measured in.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use testbed::{Api, eventually};

use crate::kind::Kind;

const UNITS: &[(Kind, &str, &str)] = &[
    (Kind::Camera, "bitrate_kbps", "kbit/s"),
    (Kind::Camera, "storage_percent", "%"),
    (Kind::Camera, "temperature", "°C"),
    (Kind::Thermostat, "temperature", "°C"),
    (Kind::Thermostat, "target", "°C"),
    (Kind::Thermostat, "humidity", "%"),
    (Kind::Thermostat, "valve_percent", "%"),
    (Kind::DoorLock, "battery_percent", "%"),
    (Kind::DoorLock, "signal_dbm", "dBm"),
    (Kind::EnergyMeter, "power_kw", "kW"),
    (Kind::EnergyMeter, "energy_kwh", "kWh"),
    (Kind::EnergyMeter, "voltage", "V"),
    (Kind::EnergyMeter, "current", "A"),
    (Kind::Gateway, "cpu_percent", "%"),
    (Kind::Gateway, "memory_percent", "%"),
    (Kind::Gateway, "uplink_ms", "ms"),
    (Kind::Gateway, "loss_percent", "%"),
    (Kind::MachineSensor, "temperature", "°C"),
    (Kind::MachineSensor, "vibration_mm_s", "mm/s"),
    (Kind::MachineSensor, "speed_rpm", "rpm"),
    (Kind::MachineSensor, "current", "A"),
];

/// A field is known once a row of it was read; until then the server says so, and it is tried again.
pub async fn describe(api: &Api) {
    for (kind, field, unit) in UNITS {
        let path = format!("/profiles/{}/fields/{field}", kind.slug());
        let told = eventually(&path, Duration::from_secs(10), async || {
            match api.request(Method::PATCH, &path).json(&json!({ "unit": unit })).send().await {
                Ok(answer) if answer.status() == reqwest::StatusCode::NOT_FOUND => None,
                _ => Some(()),
            }
        });
        if let Err(error) = told.await {
            eprintln!("fleet: the unit of {field} could not be set: {error}");
            return;
        }
    }
}
