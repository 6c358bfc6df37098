use crate::fixture::{Bench, at};

const JUMP: &str = r#"{"kind":"rate_of_change","profile":"oven","field":"temperature","by":10,"within_s":60,"direction":"rise","clear":5}"#;

#[test]
fn a_rise_within_the_window_fires_once_until_it_levelled_off() {
    let mut bench = Bench::new(JUMP);
    bench.measure(0, 20.0);
    assert!(bench.measure(30, 26.0).is_empty());
    let hits = bench.measure(50, 31.0);
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].finding.title, "temperature rose by 11 in 50 s, from 20 to 31 (limit 10 in 1 min)");
    assert_eq!(hits[0].finding.ts, at(50));
    assert!(bench.measure(55, 33.0).is_empty());
    // Level for longer than the window: armed again.
    bench.measure(120, 33.0);
    bench.measure(180, 33.0);
    assert_eq!(bench.measure(190, 45.0).len(), 1);
}

#[test]
fn a_slow_rise_and_a_fall_do_not_fire() {
    let mut bench = Bench::new(JUMP);
    for minute in 0..60 {
        assert!(bench.measure(minute * 60, minute as f64 * 9.0).is_empty());
    }
    let mut bench = Bench::new(JUMP);
    bench.measure(0, 100.0);
    assert!(bench.measure(10, 0.0).is_empty());
}

#[test]
fn either_direction_is_told_apart_in_the_title() {
    let mut bench = Bench::new(
        r#"{"kind":"rate_of_change","profile":"oven","field":"temperature","by":10,"within_s":60}"#,
    );
    bench.measure(0, 100.0);
    assert_eq!(
        bench.measure(5, 80.0)[0].finding.title,
        "temperature fell by 20 in 5 s, from 100 to 80 (limit 10 in 1 min)"
    );
}

#[test]
fn a_flood_of_points_is_remembered_in_little_space() {
    let mut bench = Bench::new(JUMP);
    for step in 0..20_000_i64 {
        let point = model::Point {
            ts: model::Timestamp::from_micros(at(0).as_micros() + step * 1000),
            values: vec![("temperature".into(), model::Value::Number(20.0 + (step % 7) as f64))],
        };
        let body = model::Body::Telemetry(model::Telemetry::of("oven", vec![point]));
        let record = model::Record { tenant: bench.tenant, device: Some(bench.device), at: at(0), body };
        assert!(bench.observe(&record).is_empty());
    }
    assert!(bench.detector.snapshot().unwrap().len() < 4096);
    assert_eq!(bench.measure(21, 31.0).len(), 1);
}
