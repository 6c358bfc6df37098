use detect::{Detector, Rule, compile};

use crate::fixture::{Bench, at, spec};

const HOT: &str =
    r#"{"kind":"threshold","profile":"oven","field":"temperature","op":"above","limit":100,"hold_s":600}"#;

#[test]
fn a_restored_detector_goes_on_where_it_was() {
    let mut bench = Bench::new(HOT);
    bench.measure(0, 101.0);
    let state = bench.detector.snapshot().unwrap();
    bench.detector = Detector::new(vec![compile(&bench.rule).unwrap()]);
    bench.detector.restore(&state).unwrap();
    assert_eq!(bench.measure(600, 101.0).len(), 1);
}

#[test]
fn a_changed_rule_starts_afresh_and_a_renamed_one_does_not() {
    let mut bench = Bench::new(HOT);
    bench.measure(0, 101.0);
    let renamed = Rule { name: "Hotter".into(), ..bench.rule.clone() };
    bench.detector.replace_rules(vec![compile(&renamed).unwrap()]);
    assert_eq!(bench.measure(600, 101.0)[0].finding.rule_name, "Hotter");
    let changed = Rule { spec: spec(&HOT.replace("100", "90")), ..bench.rule.clone() };
    bench.detector.replace_rules(vec![compile(&changed).unwrap()]);
    assert!(bench.measure(700, 101.0).is_empty());
    assert_eq!(bench.measure(1300, 101.0).len(), 1);
}

#[test]
fn damage_is_told_and_changes_nothing() {
    let mut bench = Bench::new(HOT);
    bench.measure(0, 101.0);
    let state = bench.detector.snapshot().unwrap();
    assert!(bench.detector.restore(&state[..state.len() - 1]).is_err());
    assert!(bench.detector.restore(&[9]).is_err());
    assert!(bench.detector.restore(&[]).is_err());
    assert_eq!(bench.measure(600, 101.0).len(), 1);
    assert!(bench.detector.tick(at(0)).is_empty());
}
