use crate::fixture::{Bench, at};

const HOT: &str = r#"{"kind":"threshold","profile":"oven","field":"temperature","op":"above","limit":100,"clear":90,"hold_s":600}"#;

#[test]
fn it_fires_once_the_value_was_above_the_limit_for_the_hold_time() {
    let mut bench = Bench::new(HOT);
    assert!(bench.measure(0, 101.0).is_empty());
    assert!(bench.measure(300, 104.0).is_empty());
    let hits = bench.measure(600, 107.4);
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].finding.title, "temperature 107.4 above 100 for 10 min");
    assert_eq!(hits[0].finding.ts, at(600));
    assert_eq!(hits[0].device, bench.device);
    let evidence: serde_json::Value = serde_json::from_str(&hits[0].finding.evidence).unwrap();
    assert_eq!(evidence["value"], 107.4);
    assert_eq!(evidence["limit"], 100.0);
}

#[test]
fn a_dip_below_the_limit_starts_the_hold_time_anew() {
    let mut bench = Bench::new(HOT);
    bench.measure(0, 101.0);
    bench.measure(300, 99.0);
    assert!(bench.measure(600, 101.0).is_empty());
    assert!(bench.measure(1100, 101.0).is_empty());
    assert_eq!(bench.measure(1200, 101.0).len(), 1);
}

#[test]
fn it_fires_again_only_after_the_value_came_back_to_the_clear_level() {
    let mut bench = Bench::new(HOT);
    bench.measure(0, 101.0);
    assert_eq!(bench.measure(600, 101.0).len(), 1);
    // Below the limit, not yet at the clear level: the same episode.
    bench.measure(700, 95.0);
    bench.measure(800, 120.0);
    assert!(bench.measure(2000, 120.0).is_empty());
    bench.measure(2100, 90.0);
    bench.measure(2200, 120.0);
    assert_eq!(bench.measure(2800, 120.0).len(), 1);
}

#[test]
fn without_a_hold_time_the_first_value_beyond_the_limit_fires() {
    let mut bench =
        Bench::new(r#"{"kind":"threshold","profile":"oven","field":"temperature","op":"below","limit":5}"#);
    assert!(bench.measure(0, 5.0).is_empty());
    assert_eq!(bench.measure(1, 4.5)[0].finding.title, "temperature 4.5 below 5");
}

#[test]
fn a_late_point_is_left_out() {
    let mut bench = Bench::new(HOT);
    bench.measure(0, 101.0);
    bench.measure(500, 101.0);
    bench.measure(450, 20.0);
    assert_eq!(bench.measure(600, 101.0).len(), 1);
}

#[test]
fn what_comes_together_is_judged_in_the_order_of_its_times() {
    let mut bench = Bench::new(HOT);
    let newest_first: Vec<_> = (0..=10).rev().map(|step| (step * 60, 101.0)).collect();
    assert_eq!(bench.measure_all(&newest_first).len(), 1);
}

#[test]
fn values_of_one_moment_are_findings_of_their_own() {
    let above =
        r#"{"kind":"threshold","profile":"oven","field":"temperature","op":"above","limit":10,"clear":5}"#;
    let mut bench = Bench::new(above);
    let hits = bench.measure_all(&[(0, 11.0), (0, 5.0), (0, 12.0), (0, 5.0), (0, 13.0)]);
    let ids: std::collections::HashSet<_> = hits.iter().map(|hit| hit.finding.id).collect();
    assert_eq!((hits.len(), ids.len()), (3, 3));
}

#[test]
fn old_data_that_is_sent_after_new_data_is_judged_by_its_own_time() {
    let mut bench = Bench::new(HOT);
    bench.measure(1_000_000, 20.0);
    bench.measure(0, 101.0);
    bench.measure(300, 101.0);
    assert_eq!(bench.measure(600, 101.0).len(), 1);
    // A clock that ran ahead once does not blind the rule.
    bench.measure(90_000, 20.0);
    bench.measure(700, 101.0);
    assert_eq!(bench.measure(1300, 101.0).len(), 1);
}

#[test]
fn only_the_profile_the_devices_and_the_field_that_it_names_concern_it() {
    let mut bench = Bench::new(HOT);
    let stranger = model::DeviceId::generate();
    let only = detect::Rule {
        spec: serde_json::from_str(&format!(
            r#"{{"kind":"threshold","profile":"oven","devices":["{}"],"field":"temperature","op":"above","limit":100}}"#,
            bench.device
        ))
        .unwrap(),
        ..bench.rule.clone()
    };
    bench.detector.replace_rules(vec![detect::compile(&only).unwrap()]);
    let record = crate::fixture::telemetry(bench.tenant, stranger, 0, 150.0);
    assert!(bench.observe(&record).is_empty());
    assert_eq!(bench.measure(1, 150.0).len(), 1);
}
