use model::{DeviceId, TenantId};

use crate::fixture::{Bench, at, telemetry};

const QUIET: &str = r#"{"kind":"absence","profile":"oven","after_s":60}"#;

#[test]
fn silence_is_reported_once_and_again_after_the_device_was_heard() {
    let mut bench = Bench::new(QUIET);
    bench.measure(0, 1.0);
    assert!(bench.detector.tick(at(59)).is_empty());
    let hits = bench.detector.tick(at(61));
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].finding.title, "no message for 1 min");
    assert!(bench.detector.tick(at(1000)).is_empty());
    bench.measure(1100, 1.0);
    assert_eq!(bench.detector.tick(at(1160)).len(), 1);
}

#[test]
fn a_device_that_was_never_heard_is_not_reported() {
    let mut bench = Bench::new(QUIET);
    assert!(bench.detector.tick(at(10_000)).is_empty());
    let other = telemetry(bench.tenant, DeviceId::generate(), 20_000, 1.0);
    assert!(bench.observe(&other).is_empty());
}

#[test]
fn in_a_replay_the_records_of_others_move_time_on() {
    let mut bench = Bench::new(QUIET);
    bench.measure(0, 1.0);
    let other = telemetry(TenantId::generate(), DeviceId::generate(), 120, 1.0);
    assert_eq!(bench.observe(&other).len(), 1);
}

#[test]
fn the_finding_is_the_same_whenever_somebody_looked() {
    let mut bench = Bench::new(QUIET);
    bench.measure(0, 1.0);
    let state = bench.detector.snapshot().unwrap();
    let early = bench.detector.tick(at(60));
    bench.detector.restore(&state).unwrap();
    let late = bench.detector.tick(at(5000));
    assert_eq!(early, late);
}

#[test]
fn our_own_outage_is_not_the_devices_silence() {
    let mut bench = Bench::new(QUIET);
    bench.measure(0, 1.0);
    bench.detector.forgive_until(at(3600));
    assert!(bench.detector.tick(at(3601)).is_empty());
    assert_eq!(bench.detector.tick(at(3661)).len(), 1);
}

#[test]
fn steady_messages_keep_it_quiet() {
    let mut bench = Bench::new(QUIET);
    for second in (0..3600).step_by(30) {
        assert!(bench.measure(second, 1.0).is_empty());
        assert!(bench.detector.tick(at(second + 1)).is_empty());
    }
}
