//! What Sigma means by a value, where the engine means something else.

use detect::{RuleError, compile};
use model::TenantId;

use crate::fixture::{Bench, rule};

const HEAD: &str = "title: t\nlogsource: {product: smartsecurity, service: device}\n";

/// Whether a rule with this selection matches the event.
fn matches(selection: &str, event: &str) -> bool {
    let mut bench = Bench::sigma(&format!("{HEAD}detection:\n  s:\n{selection}\n  condition: s\n"));
    !bench.event(0, event).is_empty()
}

fn refused(yaml: &str) -> RuleError {
    let error = compile(&rule(TenantId::generate(), detect::RuleSpec::Sigma { yaml: yaml.into() }));
    error.expect_err("refused")
}

#[track_caller]
fn check(selection: &str, those: &[&str], not: &[&str]) {
    for (events, expected) in [(those, true), (not, false)] {
        for text in events {
            let event = serde_json::json!({ "a": text }).to_string();
            assert_eq!(matches(selection, &event), expected, "{selection} on {text:?}");
        }
    }
}

#[test]
fn wildcards_stand_for_line_ends_too() {
    check("    a: '*foo*'", &["x\nFOO\ny", "foo", "\nfoo"], &["fo\no"]);
    check("    a: a*b", &["a\nb", "ab", "A\r\n\nB"], &["a\nbc", "xa\nb"]);
    check("    a: a?b", &["a\nb", "axb", "aéb", "aİb"], &["ab", "a\r\nb"]);
    check("    a: '*foo'", &["x\nfoo"], &["foo\n"]);
    check("    a: foo*", &["foo\nx"], &["\nfoo"]);
    check("    a: '*f?o*'", &["x\nf\no\ny"], &["fo"]);
    check("    a: '*'", &["", "\n"], &[]);
    check("    a: '?'", &["\n", "x"], &["", "xy"]);
    check("    a: '?*'", &["\n", "x\ny"], &[""]);
    check("    a: '??'", &["xy"], &["x", "xyz"]);
    check("    a: '*Σ?Σ*'", &["x\nσ\nς\n"], &["σσ"]);
    // The flag of one value is not that of another.
    check("    a: ['a?b', 'İ?İ', 'x?y']", &["aİb", "İ\nİ", "X\nY"], &["a\n\nb"]);
}

#[test]
fn wildcards_go_with_modifiers() {
    check("    a|contains: foo*bar", &["x\nfoo\n\nBAR\nx", "foobar"], &["bar\nfoo"]);
    check("    a|contains: 'f?o'", &["x\nf\no"], &["fo"]);
    check("    a|startswith: f*o", &["f\no\nx", "fo"], &["x\nf\no", "x fo"]);
    check("    a|endswith: f*o", &["x\nf\no", "fo"], &["f\no\nx", "fo x"]);
    check("    a|startswith: '*foo'", &["x\nfoo\ny"], &["x"]);
    check("    a|cased: 'a*b'", &["a\nb"], &["A\nb"]);
    check("    a|contains|cased: '*aB*'", &["x\naB\n"], &["ab"]);
    check(
        "    a|contains|all: [foo*bar, baz, '*x?y*']",
        &["baz\nfoo\nbar\nx\ny"],
        &["baz\nfoo\nbar", "foobar xzy"],
    );
    check("    a|contains: [foo*bar, baz, 4.0]", &["foo\nbar", "BAZ", "v4.0"], &["foo", "4"]);
    check("    a: [foo*, '*bar', exact, 'x?y']", &["foo\n", "\nbar", "EXACT", "x\ny"], &["exact\n", "xy"]);
    check("    a|neq: ['foo*', 'x?y', bar]", &["xfoo", "xy", "bart"], &["foo\n", "x\ny", "bar"]);
    check("    a|contains|all|neq: ['foo*x', bar]", &["foo\nx", "bar"], &["bar foo\nx"]);
    check("    a|windash|contains: '-a*-b'", &["x -A\n/b", "–a —b", "―a-b"], &["a b"]);
    check("    a|windash|contains|all: [' -a ', ' -b ']", &["x /b -a ", " /a  -b x"], &[" /a x"]);
    check("    a|windash: '-a-b-c-d-e-f-g-h-i-j'", &["/a-b-c-d-e-f-g-h-i—j"], &["a"]);
}

#[test]
fn escaped_wildcards_are_letters() {
    check(r"    a: 'a\*b*'", &["a*b\nc"], &["axb"]);
    check(r"    a: 'a\?*b'", &["a?\nb"], &["axb"]);
    check(r"    a: 'a\\*b'", &["a\\\nb"], &[r"a*b"]);
    check(
        r"    a: '*\a.b+c?(d)[e]{f}|^$#&-~*'",
        &["x\n\\a.b+c\n(d)[e]{f}|^$#&-~\n"],
        &["\\axb+c\n(d)[e]{f}|^$#&-~"],
    );
    check(r"    a: '*\Windows\*'", &[r"C:\Windows*"], &[r"C:\Windows\x"]);
}

#[test]
fn regular_expressions_keep_their_meaning() {
    check("    a|re: 'a.b'", &["axb"], &["a\nb", "AxB"]);
    check("    a|re: '^a*b$'", &["aab"], &["axb"]);
    check("    a|re|s: 'a.b'", &["a\nb"], &[]);
    check("    a|re|i: ['a.b', 'c*d']", &["AxB", "D"], &["a\nb"]);
}

#[test]
fn keywords_take_wildcards_and_numbers() {
    let event = |json: &str, keywords: &str| matches(keywords, json);
    for keywords in
        ["    - foo*bar", "    - 'foo?*bar'", "    - other\n    - foo*bar", "    '|all': [foo*bar, x]"]
    {
        assert!(event(r#"{"m":{"n":["x foo\n\nBAR"]}}"#, keywords), "{keywords}");
        assert!(!event(r#"{"m":"bar x","n":"foo"}"#, keywords), "{keywords}");
    }
    for keywords in [
        "    - 4711",
        "    - '4711'",
        "    - 47*1",
        "    - x\n    - 4711",
        "    '|all': [4711, '47']",
        "    4711",
    ] {
        for json in [r#"{"m":"4711"}"#, r#"{"m":4711}"#, r#"{"m":"x 4711 y"}"#, r#"{"m":{"n":[1,4711]}}"#] {
            assert!(event(json, keywords), "{keywords} on {json}");
        }
        assert!(!event(r#"{"m":472,"4711":1}"#, keywords), "{keywords}");
    }
    assert!(event(r#"{"m":-1.5}"#, "    - -1.5"));
    assert!(event(r#"{"m":true}"#, "    - true"));
    assert!(!event(r#"{"m":"v12"}"#, "    - 2.0"));
}

#[test]
fn numbers_as_values_of_fields_stay_numbers() {
    for json in [r#"{"a":4711}"#, r#"{"a":"4711"}"#, r#"{"a":4711.0}"#] {
        assert!(matches("    a: [4711, 'x*y']", json), "{json}");
    }
    assert!(matches("    a|contains: 71", r#"{"a":4711}"#));
    assert!(matches("    a|base64|contains: 471", r#"{"a":"xNDcx"}"#));
    for values in ["null", "[null, '']", "['x*y', null]", "[1, null]"] {
        for json in [r#"{"a":null}"#, r#"{"b":1}"#] {
            assert!(matches(&format!("    a: {values}"), json), "{values} on {json}");
            assert!(!matches(&format!("    a|neq: {values}"), json), "not {values} on {json}");
        }
        assert!(!matches(&format!("    a: {values}"), r#"{"a":"z"}"#), "{values}");
        assert!(matches(&format!("    a|neq: {values}"), r#"{"a":"z"}"#), "not {values}");
    }
    assert!(matches("    a: ['x*y', true]", r#"{"a":true}"#));
    assert!(matches("    a: '47*'", r#"{"a":4711}"#));
}

#[test]
fn members_of_arrays_take_wildcards_too() {
    let rule = |body: &str| format!("{HEAD}sigma-version: 3\ndetection:\n  s:\n{body}\n  condition: s\n");
    for body in [
        "    c[any]: {p: 'a*b'}",
        "    c[any]:\n      k: {p: ['a*b', z]}\n      condition: k",
        "    c[all]: {p: ['a*b', 'x*']}",
    ] {
        let mut bench = Bench::sigma(&rule(body));
        assert_eq!(bench.event(0, r#"{"c":[{"p":"a\nb"},{"p":"x\n"}]}"#).len(), 1);
        assert!(bench.event(1, r#"{"c":[{"p":"b"}]}"#).is_empty());
    }
}

#[test]
fn one_field_is_evidence_once() {
    let mut bench =
        Bench::sigma(&format!("{HEAD}detection: {{s: {{a: ['fo*', '*oo', 'f?o']}}, condition: s}}\n"));
    let hits = bench.event(0, r#"{"a":"foo"}"#);
    let evidence: serde_json::Value = serde_json::from_str(&hits[0].finding.evidence).unwrap();
    assert_eq!(evidence["matched"].as_array().unwrap().len(), 1);
}

#[test]
fn a_merge_key_merges() {
    let yaml = format!(
        "{HEAD}detection:\n  base: &x {{a: '1', b: '2'}}\n  s:\n    <<: *x\n    b: '3'\n  condition: s\n"
    );
    let mut bench = Bench::sigma(&yaml);
    assert_eq!(bench.event(0, r#"{"a":"1","b":"3"}"#).len(), 1);
    assert!(bench.event(1, r#"{"a":"1","b":"2"}"#).is_empty());
    assert!(bench.event(2, r#"{"b":"3"}"#).is_empty());
    let error = refused(&format!("{HEAD}detection:\n  s:\n    a: 1\n    <<: b\n  condition: s\n"));
    assert_eq!(error.line, Some(6));
    assert!(error.message.text().starts_with("<< merges"), "{error}");
}

#[test]
fn a_rule_has_bounds() {
    let value = |length: usize| "é".repeat(length);
    let ok = format!(
        "{HEAD}detection:\n  s:\n    a: b\n    c|contains:\n      - x\n      - {}\n  condition: s\n",
        value(1024)
    );
    assert!(compile(&rule(TenantId::generate(), detect::RuleSpec::Sigma { yaml: ok.clone() })).is_ok());
    let error = refused(&ok.replace(&value(1024), &value(1025)));
    assert_eq!(error.line, Some(8));
    assert_eq!(error.message.text(), "a value of c|contains is 1025 characters long; 1024 are the limit");
    assert!(error.hint.is_some());

    let many = |count: usize| {
        let values: String = (0..count).map(|number| format!("      - v{number}\n")).collect();
        format!("{HEAD}detection:\n  s:\n    a:\n{values}  condition: s\n")
    };
    assert!(compile(&rule(TenantId::generate(), detect::RuleSpec::Sigma { yaml: many(1100) })).is_ok());
    let error = refused(&many(1101));
    assert_eq!(error.message.text(), "the rule has 1101 values; 1100 are the limit");
    assert_eq!(error.line, Some(1106));
    assert!(error.hint.unwrap().text().contains("split"));

    let error = refused(&format!("{HEAD}detection:\n  s: {{a: b}}\n  condition: s{}\n", " or s".repeat(500)));
    assert_eq!(error.message.text(), "the condition has 1001 words and brackets; 1000 are the limit");
    assert_eq!(error.line, Some(5));

    let error = refused(&format!("{}#{}", many(1), "x".repeat(64 * 1024)));
    assert_eq!(error.message.text(), "the rule is 65 KiB long; 64 KiB are the limit");
    assert!(error.hint.is_some());
}

#[test]
fn what_would_take_long_to_compile_or_to_compare_is_refused() {
    let with = |detection: &str| format!("{HEAD}detection:\n{detection}");
    for (selection, line) in [
        (
            r"    b: c
    a|re: '\w{1000}'",
            6,
        ),
        (r"    a|re: ['x', '(a{100}){1000}']", 5),
        (r"    - a|re: '.{3000}'", 5),
    ] {
        let error = refused(&with(&format!("  s:\n{selection}\n  condition: s\n")));
        assert!(error.message.text().contains("too large, those of a most of all"), "{error}");
        assert_eq!(error.line, Some(line), "{error}");
    }
    let wildcards: String =
        (0..300).map(|number| format!("      - 'some-value-{number}*of-any-kind'\n")).collect();
    let error = refused(&with(&format!("  s:\n    a|contains:\n{wildcards}  condition: s\n")));
    assert_eq!((error.message.code(), error.line), ("sigma_expressions_too_large", Some(5)), "{error}");
    let dashes: String = (0..100).map(|number| format!("      - ' -value{number}'\n")).collect();
    let yaml = with(&format!("  s:\n    a|windash|contains:\n{dashes}  condition: s\n"));
    assert!(compile(&rule(TenantId::generate(), detect::RuleSpec::Sigma { yaml })).is_ok());

    let values: String = (0..60).map(|_| format!("      - {}\n", "x".repeat(1000))).collect();
    let error = refused(&with(&format!("  s:\n    a|wide|base64offset|contains:\n{values}  condition: s\n")));
    assert_eq!((error.message.code(), error.line), ("sigma_encoded_too_large", Some(5)), "{error}");

    // A public rule has this one.
    let yaml = with("  s:\n    a|re: '-k\\s\\w{1,64}(?:\\s?(?:-p|-s))?'\n  condition: s\n");
    assert!(compile(&rule(TenantId::generate(), detect::RuleSpec::Sigma { yaml })).is_ok());

    let error = refused(&with("  s:\n    a|re: '(?ix) a b'\n  condition: s\n"));
    assert_eq!((error.message.code(), error.line), ("sigma_regex_spaced", Some(5)), "{error}");

    let selections: String = (0..100).map(|number| format!("  s{number}: {{a: v{number}}}\n")).collect();
    let error = refused(&with(&format!("{selections}  condition: 1 of s*{}\n", " or 1 of s*".repeat(50))));
    assert_eq!((error.message.code(), error.line), ("sigma_condition_too_costly", Some(104)), "{error}");
}

#[test]
fn large_rules_match_too() {
    // Beyond what the engine indexes, in each of the ways that values are kept.
    for (count, length) in [(50, 1000), (900, 40), (3, 1024)] {
        let value = |number: usize| format!("{number:04}{}", "xyz".repeat(length))[..length].to_owned();
        let values: String = (0..count).map(|number| format!("      - {}\n", value(number))).collect();
        for modifier in ["|contains", "", "|startswith", "|endswith", "|contains|neq"] {
            let yaml = format!("{HEAD}detection:\n  s:\n    a{modifier}:\n{values}  condition: s\n");
            let mut bench = Bench::sigma(&yaml);
            let event = |text: String| serde_json::json!({ "a": text }).to_string();
            let not = modifier.contains("neq");
            assert_eq!(bench.event(0, &event(value(count - 1))).is_empty(), not, "{count} {modifier}");
            assert_eq!(bench.event(1, &event(value(count))).is_empty(), !not, "{count} {modifier}");
        }
    }
}

#[test]
fn aliases_do_not_make_a_small_text_large() {
    let list = "a, ".repeat(5000);
    let aliases = "*x, ".repeat(5000);
    let error =
        refused(&format!("{HEAD}x: &x [{list}]\ny: [{aliases}]\ndetection: {{s: {{a: b}}, condition: s}}\n"));
    assert!(error.message.text().contains("aliases"), "{error}");
}
