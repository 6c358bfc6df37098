//! A real machine's temperature: a sensible rule fires in its labelled failure windows, and only there.

use model::{Body, DeviceId, Point, Record, Telemetry, Timestamp, Value};

use crate::fixture::Bench;

const CSV: &str = include_str!("../data/nab/machine_temperature_system_failure.csv");

/// As the Numenta Anomaly Benchmark labels them.
const WINDOWS: [(&str, &str); 4] = [
    ("2013-12-10T06:25:00Z", "2013-12-12T05:35:00Z"),
    ("2013-12-15T17:50:00Z", "2013-12-17T17:00:00Z"),
    ("2014-01-27T14:20:00Z", "2014-01-29T13:30:00Z"),
    ("2014-02-07T14:55:00Z", "2014-02-09T14:05:00Z"),
];

fn rows() -> impl Iterator<Item = (Timestamp, f64)> {
    CSV.lines().skip(1).map(|line| {
        let (ts, value) = line.split_once(',').unwrap();
        let ts = Timestamp::parse_rfc3339(&format!("{}Z", ts.replace(' ', "T"))).unwrap();
        (ts, value.parse().unwrap())
    })
}

#[test]
fn a_sensible_rule_fires_within_the_failure_windows() {
    let mut bench = Bench::new(
        r#"{"kind":"threshold","profile":"machine","field":"value","op":"below","limit":40,"clear":60,"hold_s":1800}"#,
    );
    bench.device = DeviceId::generate();
    // As a replay at full speed: all of it is received within a moment.
    let received = Timestamp::parse_rfc3339("2026-01-01T00:00:00Z").unwrap();
    let mut fired = Vec::new();
    let mut count = 0;
    for (ts, value) in rows() {
        let points = vec![Point { ts, values: vec![("value".into(), Value::Number(value))] }];
        let body = Body::Telemetry(Telemetry::of("machine", points));
        let record = Record { tenant: bench.tenant, device: Some(bench.device), at: received, body };
        fired.extend(bench.observe(&record).into_iter().map(|hit| hit.finding));
        count += 1;
    }
    assert_eq!(count, 22_695);
    assert_eq!(fired.len(), 2, "{fired:?}");
    for (finding, window) in fired.iter().zip([WINDOWS[1], WINDOWS[3]]) {
        let (from, to) =
            (Timestamp::parse_rfc3339(window.0).unwrap(), Timestamp::parse_rfc3339(window.1).unwrap());
        assert!((from..=to).contains(&finding.ts), "{} not within {from}..{to}", finding.ts);
        assert!(finding.title.contains("below 40 for 30 min"), "{}", finding.title);
    }
}
