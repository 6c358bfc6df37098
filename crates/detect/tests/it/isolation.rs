use std::sync::Arc;

use detect::{Detector, Rule, RuleSet, compile};
use model::{DeviceId, TenantId};

use crate::fixture::{at, event, rule, spec, telemetry};

#[test]
fn a_rule_never_sees_another_tenant_s_records() {
    let (ours, theirs) = (TenantId::generate(), TenantId::generate());
    let specs = [
        r#"{"kind":"threshold","profile":"oven","field":"temperature","op":"above","limit":0}"#,
        r#"{"kind":"rate_of_change","profile":"oven","field":"temperature","by":1,"within_s":60}"#,
        r#"{"kind":"absence","after_s":1}"#,
        r#"{"kind":"sigma","yaml":"title: t\nlogsource: {}\ndetection: {s: {a: 1}, condition: s}"}"#,
    ];
    let rules = specs.iter().map(|text| compile(&rule(ours, spec(text))).unwrap()).collect();
    let mut detector = Detector::new(rules);
    let device = DeviceId::generate();
    for (offset, value) in [1.0, 100.0].into_iter().enumerate() {
        let second = i64::try_from(offset).unwrap();
        assert!(detector.observe(offset as u64, &telemetry(theirs, device, second, value)).is_empty());
        assert!(detector.observe(offset as u64, &event(theirs, device, second, r#"{"a":1}"#)).is_empty());
    }
    assert!(detector.tick(at(1000)).is_empty());
    assert_eq!(detector.observe(9, &event(ours, device, 2000, r#"{"a":1}"#)).len(), 1);
}

#[test]
fn ten_thousand_rules_cost_a_record_little() {
    let tenant = TenantId::generate();
    let rules = (0..10_000)
        .map(|number| {
            let text = format!(
                r#"{{"kind":"threshold","profile":"p{}","field":"f{}","op":"above","limit":0}}"#,
                number / 100,
                number % 100
            );
            compile(&rule(tenant, spec(&text))).unwrap()
        })
        .collect();
    let mut detector = Detector::new(rules);
    let device = DeviceId::generate();
    let started = std::time::Instant::now();
    for offset in 0..10_000 {
        detector.observe(offset, &telemetry(tenant, device, 0, 1.0));
    }
    // Looking at every rule would be a hundred million looks.
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn a_tenant_s_changed_rules_leave_what_others_have_seen() {
    let hot =
        r#"{"kind":"threshold","profile":"oven","field":"temperature","op":"above","limit":100,"hold_s":60}"#;
    let silent = r#"{"kind":"absence","after_s":60}"#;
    let port =
        r#"{"kind":"sigma","yaml":"title: t\nlogsource: {}\ndetection: {s: {port: 23}, condition: s}"}"#;
    let (ours, theirs) = (TenantId::generate(), TenantId::generate());
    let [kept, quiet, sigma] = [hot, silent, port].map(|text| rule(ours, spec(text)));
    let set = |tenant: TenantId, former: &RuleSet, rules: &[&Rule]| {
        assert_eq!(former.tenant(), tenant);
        Arc::new(former.with(rules.iter().map(|rule| Arc::new(compile(rule).unwrap()))))
    };
    let mut detector = Detector::default();
    let first = set(ours, &RuleSet::empty(ours), &[&kept, &quiet, &sigma]);
    assert!(detector.replace(first.clone()).is_none());
    let device = DeviceId::generate();
    assert!(detector.observe(0, &telemetry(ours, device, 0, 101.0)).is_empty());

    let other = rule(theirs, spec(hot));
    assert!(detector.replace(set(theirs, &RuleSet::empty(theirs), &[&other])).is_none());
    let changed = Rule { spec: spec(&silent.replace("60", "600")), ..quiet.clone() };
    let second = set(ours, &first, &[&kept, &changed]);
    assert!(Arc::ptr_eq(&detector.replace(second.clone()).unwrap(), &first));
    assert_eq!(detector.rule_count(), 3);
    // The hold goes on, the changed rule starts afresh, and the one that is gone is silent.
    assert!(detector.observe(1, &event(ours, device, 30, r#"{"port":23}"#)).is_empty());
    let hits = detector.observe(2, &telemetry(ours, device, 61, 102.0));
    assert_eq!(hits.iter().map(|hit| hit.finding.rule).collect::<Vec<_>>(), [kept.id]);
    // The same condition again after a while without it: what it had seen is forgotten.
    let third = set(ours, &second, &[&kept, &quiet]);
    detector.replace(third.clone());
    assert!(detector.tick(at(500)).is_empty());
    detector.observe(3, &telemetry(ours, device, 501, 20.0));
    assert_eq!(detector.tick(at(562)).len(), 1);

    detector.replace(set(ours, &third, &[]));
    assert_eq!(detector.rule_count(), 1);
    let header = model::Header::decode(&telemetry(ours, device, 600, 1.0).encode().unwrap()).unwrap();
    assert!(!detector.heeds(&header));
}
