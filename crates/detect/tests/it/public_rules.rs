//! Sixty rules of the public SigmaHQ repository, each with an event that it must match, just as a Windows gateway would
//! forward it. All rules run at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use detect::{Detector, compile, read_sigma};
use model::{DeviceId, RuleId, TenantId};

use crate::fixture::{event, rule};

fn folder(name: &str) -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sigma").join(name);
    fs::read_dir(path)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect()
}

#[test]
fn every_public_rule_loads_and_matches_its_event() {
    let tenant = TenantId::generate();
    let rules = folder("rules");
    assert_eq!(rules.len(), 60);
    let mut names: BTreeMap<RuleId, &str> = BTreeMap::new();
    let mut compiled = Vec::new();
    for (name, yaml) in &rules {
        let draft = read_sigma(yaml).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!draft.title.is_empty());
        let rule = rule(tenant, detect::RuleSpec::Sigma { yaml: yaml.clone() });
        names.insert(rule.id, name);
        let ready = compile(&rule).unwrap();
        assert!(!ready.listening().to_devices && ready.listening().note.text().contains("Windows"));
        compiled.push(ready);
    }
    let mut detector = Detector::new(compiled);
    let mut missed = Vec::new();
    let mut others = 0;
    let mut offset = 0;
    for (name, text) in &folder("events") {
        // One file holds two events.
        for json in serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>() {
            let record = event(tenant, DeviceId::generate(), 0, &json.unwrap().to_string());
            let hits = detector.observe(offset, &record);
            offset += 1;
            let matched: BTreeSet<&str> = hits.iter().map(|hit| names[&hit.finding.rule]).collect();
            if !matched.contains(name.as_str()) {
                missed.push(name.clone());
            }
            others += matched.iter().filter(|found| **found != name).count();
        }
    }
    assert!(missed.is_empty(), "{missed:?}");
    assert!(others < 40, "{others} matches of other rules");
}
