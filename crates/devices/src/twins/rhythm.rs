//! How often a device sends, learned robustly from when it did.

use std::time::Duration;

/// An interval as people say it: "every 30 s", "every 5 min", "several times a second".
pub(super) fn every(interval: Duration) -> String {
    if interval <= Duration::from_secs(1) { "several times a second".to_owned() } else { format!("every {}", span(interval)) }
}

/// A length of time in one unit: "45 s", "4 min", "3 h", "2 days".
pub(crate) fn span(length: Duration) -> String {
    let seconds = length.as_secs_f64().round();
    match seconds {
        ..120.0 => format!("{seconds:.0} s"),
        ..7_200.0 => format!("{:.0} min", seconds / 60.0),
        ..172_800.0 => format!("{:.0} h", seconds / 3_600.0),
        _ => format!("{:.0} days", seconds / 86_400.0),
    }
}
