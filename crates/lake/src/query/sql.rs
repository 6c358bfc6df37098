//! Pieces of the lake's own SQL: quoted names and literals, so that no value becomes a statement.

use model::{DeviceId, Timestamp};

/// `"name"`.
pub(crate) fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A moment of the type that `ts` has.
pub(crate) fn moment(ts: Timestamp) -> String {
    format!("arrow_cast({}, 'Timestamp(Microsecond, Some(\"UTC\"))')", ts.as_micros())
}

/// `ts >= from AND ts < to`.
pub(crate) fn between(from: Timestamp, to: Timestamp) -> String {
    format!("ts >= {} AND ts < {}", moment(from), moment(to))
}

/// `device IN ('…')`.
pub(crate) fn of_devices(devices: &[DeviceId]) -> String {
    let ids: Vec<String> = devices.iter().map(|device| format!("'{device}'")).collect();
    if ids.is_empty() { "false".to_owned() } else { format!("device IN ({})", ids.join(", ")) }
}
