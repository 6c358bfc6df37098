use detect::{Detector, compile};
use model::{DeviceId, TenantId};

use crate::fixture::{event, rule, spec, telemetry};

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
    assert!(detector.tick(crate::fixture::at(1000)).is_empty());
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
