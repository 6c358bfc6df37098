use crate::fixture::Bench;

const LOGIN: &str = r"
title: Failed sign-in
logsource:
    product: smartsecurity
    service: device
detection:
    selection:
        action: login_failed
        source.ip|cidr: 10.0.0.0/8
    condition: selection
level: high
";

#[test]
fn a_rule_matches_the_event_s_own_fields_nested_ones_by_dotted_path() {
    let mut bench = Bench::sigma(LOGIN);
    assert!(bench.event(0, r#"{"action":"login_ok","source":{"ip":"10.1.2.3"}}"#).is_empty());
    assert!(bench.event(1, r#"{"action":"login_failed","source":{"ip":"192.168.1.1"}}"#).is_empty());
    let hits = bench.event(2, r#"{"action":"login_failed","source":{"ip":"10.1.2.3"}}"#);
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].finding.title, "Too hot");
    let evidence: serde_json::Value = serde_json::from_str(&hits[0].finding.evidence).unwrap();
    assert_eq!(evidence["event"]["action"], "login_failed");
    assert_eq!(evidence["matched"].as_array().unwrap().len(), 2);
}

#[test]
fn a_flood_of_matches_is_folded_and_counted() {
    let mut bench = Bench::sigma(LOGIN);
    let mut titles = Vec::new();
    for _ in 0..100 {
        let hits = bench.event(0, r#"{"action":"login_failed","source":{"ip":"10.1.2.3"}}"#);
        titles.extend(hits.into_iter().map(|hit| hit.finding.title));
    }
    assert_eq!(titles.len(), 13, "{titles:?}");
    assert_eq!(titles[12], "Too hot (80 matches within a minute)");
    // A new minute counts anew.
    assert_eq!(
        bench.event(61, r#"{"action":"login_failed","source":{"ip":"10.1.2.3"}}"#)[0].finding.title,
        "Too hot"
    );
}

#[test]
fn a_rule_of_another_logsource_hears_only_events_that_declare_it() {
    let mut bench = Bench::sigma(
        "title: t\nlogsource: {product: linux, service: sshd}\ndetection: {s: {action: login_failed}, condition: s}\n",
    );
    assert!(bench.event(0, r#"{"action":"login_failed"}"#).is_empty());
    assert_eq!(
        bench.event(1, r#"{"action":"login_failed","logsource":{"product":"linux","service":"sshd"}}"#).len(),
        1
    );
    let listening = detect::compile(&bench.rule).unwrap().listening();
    assert!(!listening.to_devices);
    assert!(listening.note.text().contains("linux/sshd"), "{}", listening.note);
}

#[test]
fn a_rule_that_names_only_a_category_hears_devices() {
    let mut bench = Bench::sigma(
        "title: t\nlogsource: {category: authentication}\ndetection: {s: {action: login_failed}, condition: s}\n",
    );
    assert_eq!(bench.event(0, r#"{"action":"login_failed"}"#).len(), 1);
    let other = r#"{"action":"login_failed","logsource":{"category":"firewall"}}"#;
    assert!(bench.event(1, other).is_empty());
}

#[test]
fn an_event_that_is_no_json_object_harms_nothing() {
    let mut bench = Bench::sigma(LOGIN);
    assert!(bench.event(0, "[1,2").is_empty());
    assert!(bench.event(0, "[]").is_empty());
}

#[test]
fn keywords_that_must_all_be_there_may_stand_in_different_fields() {
    let mut bench = Bench::sigma(
        "title: t\nlogsource: {product: smartsecurity, service: device}\ndetection:\n  kw:\n    '|all': [mimikatz, 'lsa*dump']\n  condition: kw\n",
    );
    assert_eq!(bench.event(0, r#"{"line":"run MimiKatz lsa::dump now"}"#).len(), 1);
    assert_eq!(bench.event(61, r#"{"tool":"mimikatz","args":{"what":"the lsadump"}}"#).len(), 1);
    assert!(bench.event(122, r#"{"tool":"mimikatz"}"#).is_empty());
}

#[test]
fn an_encoded_value_is_found_at_every_offset_and_whatever_follows() {
    let mut bench = Bench::sigma(
        "title: t\nlogsource: {product: smartsecurity, service: device}\ndetection:\n  s:\n    line|base64offset|contains|all: ['IEX (New', 'http://']\n  condition: s\n",
    );
    // base64 of "IEX (New-Object) http://a", and of the same behind "x" and "xy".
    for (at, line) in [
        "SUVYIChOZXctT2JqZWN0KSBodHRwOi8vYQ==",
        "eElFWCAoTmV3LU9iamVjdCkgaHR0cDovL2E=",
        "eHlJRVggKE5ldy1PYmplY3QpIGh0dHA6Ly9h",
    ]
    .into_iter()
    .enumerate()
    {
        let event = serde_json::json!({ "line": line }).to_string();
        assert_eq!(bench.event(61 * i64::try_from(at).unwrap(), &event).len(), 1, "{line}");
    }
    // Only one of the two.
    assert!(bench.event(999, r#"{"line":"SUVYIChOZXctT2JqZWN0KQ=="}"#).is_empty());
}
