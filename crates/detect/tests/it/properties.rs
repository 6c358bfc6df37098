//! What holds for any data.

use detect::{Detector, Hit, compile};
use model::{DeviceId, Record, RuleId, TenantId};
use proptest::prelude::*;

use crate::fixture::{at, rule, spec, telemetry};

const SPECS: [&str; 3] = [
    r#"{"kind":"threshold","profile":"oven","field":"temperature","op":"above","limit":60,"clear":40,"hold_s":30}"#,
    r#"{"kind":"rate_of_change","profile":"oven","field":"temperature","by":25,"within_s":60,"clear":10}"#,
    r#"{"kind":"absence","after_s":90}"#,
];

fn steps() -> impl Strategy<Value = Vec<(i64, f64, usize)>> {
    prop::collection::vec((-30_i64..120, 0.0..100.0_f64, 0_usize..3), 1..200)
}

fn rules(tenant: TenantId) -> Vec<detect::Compiled> {
    SPECS
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let mut rule = rule(tenant, spec(text));
            rule.id = RuleId(uuid::Uuid::from_u128(index as u128 + 1));
            compile(&rule).unwrap()
        })
        .collect()
}

fn records(tenant: TenantId, steps: &[(i64, f64, usize)]) -> Vec<Record> {
    let devices: Vec<DeviceId> = (10..13_u128).map(|n| DeviceId(uuid::Uuid::from_u128(n))).collect();
    let mut second = 0;
    steps
        .iter()
        .map(|(step, value, device)| {
            second += step;
            telemetry(tenant, devices[*device], second, *value)
        })
        .collect()
}

fn run(detector: &mut Detector, from: usize, records: &[Record]) -> Vec<Hit> {
    let observed = records.iter().enumerate().skip(from);
    observed.flat_map(|(offset, record)| detector.observe(offset as u64, record)).collect()
}

proptest! {
    /// Between two findings of a threshold on a device, its value was at or below the clear level.
    #[test]
    fn a_threshold_never_fires_again_without_clearing(steps in steps()) {
        let tenant = TenantId::generate();
        let records = records(tenant, &steps);
        let mut detector = Detector::new(rules(tenant).into_iter().take(1).collect());
        let mut cleared: std::collections::HashMap<DeviceId, bool> = std::collections::HashMap::new();
        for (offset, record) in records.iter().enumerate() {
            let device = record.device.unwrap();
            let hits = detector.observe(offset as u64, record);
            prop_assert!(hits.len() <= 1);
            if !hits.is_empty() {
                prop_assert!(cleared.insert(device, false) != Some(false), "fired twice in one episode");
            }
            if steps[offset].1 <= 40.0 {
                cleared.insert(device, true);
            }
        }
    }

    /// A detector that was saved, lost and restored anywhere finds what one that ran through finds.
    #[test]
    fn a_restored_detector_equals_one_that_never_stopped(steps in steps(), cut in 0_usize..200) {
        let tenant = TenantId::generate();
        let records = records(tenant, &steps);
        let cut = cut.min(records.len());
        let mut through = Detector::new(rules(tenant));
        let mut whole = run(&mut through, 0, &records);
        whole.extend(through.tick(at(1_000_000)));
        let mut first = Detector::new(rules(tenant));
        let mut parts = run(&mut first, 0, &records[..cut]);
        let mut second = Detector::new(rules(tenant));
        second.restore(&first.snapshot().unwrap()).unwrap();
        parts.extend(run(&mut second, cut, &records));
        parts.extend(second.tick(at(1_000_000)));
        whole.sort_by_key(|hit| hit.finding.id);
        parts.sort_by_key(|hit| hit.finding.id);
        prop_assert_eq!(whole, parts);
    }

    /// The same records give the same findings with the same ids, and no id twice.
    #[test]
    fn a_replay_finds_the_same(steps in steps()) {
        let tenant = TenantId::generate();
        let records = records(tenant, &steps);
        let once = run(&mut Detector::new(rules(tenant)), 0, &records);
        let twice = run(&mut Detector::new(rules(tenant)), 0, &records);
        let ids: std::collections::HashSet<_> = once.iter().map(|hit| hit.finding.id).collect();
        prop_assert_eq!(ids.len(), once.len());
        prop_assert_eq!(once, twice);
    }
}
