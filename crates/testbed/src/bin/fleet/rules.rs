//! The demo's rules: the attack's steps as Sigma, the faults as thresholds, absences and rates.

use serde_json::{Value as Json, json};
use testbed::{Api, Result};

const SIGMA: [&str; 5] = [
    include_str!("rules/credential_stuffing.yml"),
    include_str!("rules/login_after_failures.yml"),
    include_str!("rules/telnet_opened.yml"),
    include_str!("rules/beaconing.yml"),
    include_str!("rules/unknown_firmware.yml"),
];

fn telemetry() -> [Json; 5] {
    [
        json!({ "name": "Room too warm", "severity": "low",
            "description": "A heated room should not be this warm: its sensor may have drifted, or its valve is stuck.",
            "spec": { "kind": "threshold", "profile": "thermostat", "field": "temperature", "op": "above", "limit": 27,
                "clear": 25, "hold_s": 30 } }),
        json!({ "name": "Machine overheating", "severity": "critical",
            "description": "Above 90 °C the bearings suffer. Stop the machine and look at its cooling.",
            "spec": { "kind": "threshold", "profile": "machine_sensor", "field": "temperature", "op": "above",
                "limit": 90, "clear": 75, "hold_s": 20 } }),
        json!({ "name": "Lock battery low", "severity": "medium",
            "description": "Below 15 % a lock works for some days more. Plan a visit.",
            "spec": { "kind": "threshold", "profile": "door_lock", "field": "battery_percent", "op": "below",
                "limit": 15, "clear": 25, "hold_s": 20 } }),
        json!({ "name": "Lock battery falls too fast", "severity": "medium",
            "description": "A battery lasts months. One that loses this much in minutes is damaged, or something keeps the lock awake.",
            "spec": { "kind": "rate_of_change", "profile": "door_lock", "field": "battery_percent", "by": 4,
                "within_s": 300, "direction": "fall" } }),
        json!({ "name": "Gateway silent", "severity": "high",
            "description": "Everything behind a gateway goes dark with it. Check its power and uplink.",
            "spec": { "kind": "absence", "profile": "gateway", "after_s": 60 } }),
    ]
}

/// Creates what is not there yet, by name; returns how many.
pub async fn create(api: &Api) -> Result<usize> {
    let rules = api.all("/rules").await?;
    let known: Vec<&str> = rules.iter().filter_map(|rule| rule.get("name")?.as_str()).collect();
    let mut created = 0;
    for yaml in SIGMA {
        if !known.iter().any(|name| yaml.lines().any(|line| line == format!("title: {name}"))) {
            api.post_yaml("/rules", yaml).await?;
            created += 1;
        }
    }
    for rule in telemetry() {
        if !rule.get("name").and_then(Json::as_str).is_some_and(|name| known.contains(&name)) {
            api.post("/rules", &rule).await?;
            created += 1;
        }
    }
    Ok(created)
}
