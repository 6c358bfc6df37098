//! Bad rules, and what their authors are told.

use detect::{Rule, RuleError, RuleSpec, compile};
use model::TenantId;

use crate::fixture::{rule, spec};

fn refused(spec: RuleSpec) -> RuleError {
    compile(&rule(TenantId::generate(), spec)).expect_err("this rule must be refused")
}

fn sigma(yaml: &str) -> RuleError {
    refused(RuleSpec::Sigma { yaml: yaml.into() })
}

const HEAD: &str = "title: t\nlogsource: {product: smartsecurity, service: device}\n";

#[test]
fn broken_yaml_is_explained_with_line_and_column() {
    let error = sigma("title: t\nlogsource:\n  product: smartsecurity\n detection: [\n");
    assert!(error.line.is_some() && error.column.is_some(), "{error:?}");
    assert!(error.message.text().starts_with("this is not YAML"), "{error:?}");
    let error = sigma("title: t\n\tlogsource: x\n");
    assert!(error.hint.unwrap().text().contains("tab"));
}

#[test]
fn an_unexpanded_placeholder_is_refused_with_its_line() {
    let yaml = format!("{HEAD}detection:\n  s:\n    user|expand: '%admins%'\n  condition: s\n");
    let error = sigma(&yaml);
    assert_eq!(error.line, Some(5), "{error:?}");
    assert!(error.message.text().contains("%admins%"));
    assert!(error.hint.unwrap().text().contains("real values"));
    let older = format!("{HEAD}detection:\n  s:\n    user:\n      - '%admins%'\n  condition: s\n");
    assert_eq!(sigma(&older).line, Some(6));
}

#[test]
fn environment_variables_are_not_placeholders() {
    let yaml = format!(
        "{HEAD}detection:\n  s:\n    line|contains: '%appdata%'\n    path: '%TEMP%'\n  condition: s\n"
    );
    assert!(compile(&rule(TenantId::generate(), RuleSpec::Sigma { yaml })).is_ok());
}

#[test]
fn an_unknown_modifier_is_named_with_the_nearest_known_one() {
    let error = sigma(&format!("{HEAD}detection:\n  s:\n    user|contain: root\n  condition: s\n"));
    assert_eq!(error.line, Some(5), "{error:?}");
    assert!(error.message.text().contains("\"contain\""), "{error:?}");
    assert!(error.hint.unwrap().text().contains("contains"));
}

#[test]
fn a_condition_that_names_nothing_is_explained() {
    let error = sigma(&format!("{HEAD}detection:\n  selection:\n    user: root\n  condition: selektion\n"));
    assert!(error.message.text().contains("selektion"), "{error:?}");
    assert!(error.hint.unwrap().text().contains("selection"));
    assert_eq!(error.line, Some(6));
    let error =
        sigma(&format!("{HEAD}detection:\n  selection:\n    user: root\n  condition: selection and (\n"));
    assert!(error.message.text().contains("condition"), "{error:?}");
    assert_eq!(error.line, Some(6));
}

#[test]
fn missing_parts_are_named() {
    assert!(sigma("").message.text().contains("empty"));
    assert!(sigma("- 1\n").message.text().contains("not a rule"));
    assert!(sigma("logsource: {}\n").message.text().contains("no title"));
    assert!(sigma("title: t\n").message.text().contains("no logsource"));
    assert!(sigma(HEAD).message.text().contains("no detection"));
    assert!(sigma(&format!("{HEAD}detection: {{s: {{a: b}}}}\n")).message.text().contains("no condition"));
    assert!(
        sigma(&format!("{HEAD}level: dire\ndetection: {{s: {{a: b}}, condition: s}}\n"))
            .message
            .text()
            .contains("dire")
    );
}

#[test]
fn what_is_no_single_rule_is_explained() {
    let one = format!("{HEAD}detection: {{s: {{a: b}}, condition: s}}\n");
    let error = sigma(&format!("{one}---\n{one}"));
    assert!(error.message.text().contains("several documents"), "{error:?}");
    assert_eq!(error.line, Some(4));
    let correlation = "title: Many logins\ncorrelation: {type: event_count, rules: [one]}\n";
    for (yaml, line) in [(correlation.to_owned(), 2), (format!("{one}---\n{correlation}"), 6)] {
        let error = sigma(&yaml);
        assert!(
            error.message.text().contains("\"Many logins\" is a correlation rule (event_count)"),
            "{error:?}"
        );
        assert!(
            error.message.text().contains("not supported") && !error.message.text().contains("yet"),
            "{error:?}"
        );
        assert_eq!(error.line, Some(line), "{error:?}");
    }
    let timed = format!("{HEAD}detection:\n  s: {{a: b}}\n  timeframe: 5m\n  condition: s\n");
    let error = sigma(&timed);
    assert!(error.message.text().contains("timeframe"), "{error:?}");
    assert_eq!(error.line, Some(5));
    let short = format!("{HEAD}detection:\n  s:\n    a|base64offset|contains: ab\n  condition: s\n");
    assert!(sigma(&short).message.text().contains("too short"));
    assert!(sigma("action: global\ntitle: t\n").message.text().contains("collection"));
}

#[test]
fn a_regular_expression_that_cannot_be_is_explained() {
    let error = sigma(&format!("{HEAD}detection:\n  s:\n    user|re: '(ab'\n  condition: s\n"));
    assert!(error.message.text().contains("regular expression"), "{error:?}");
    assert_eq!(error.line, Some(5));
}

#[test]
fn telemetry_rules_name_the_field_at_fault() {
    let field = |json: &str| refused(spec(json)).field;
    let hot = |rest: &str| {
        format!(r#"{{"kind":"threshold","profile":"oven","field":"t","op":"above","limit":9{rest}}}"#)
    };
    assert_eq!(field(&hot(r#","clear":10"#)), Some("clear"));
    assert_eq!(field(&hot(r#","hold_s":99999999"#)), Some("hold_s"));
    assert_eq!(field(&hot(r#","devices":[]"#)), Some("devices"));
    assert_eq!(
        field(r#"{"kind":"threshold","profile":"Oven 1","field":"t","op":"above","limit":9}"#),
        Some("profile")
    );
    assert_eq!(
        field(r#"{"kind":"threshold","profile":"oven","field":"Motor.T","op":"above","limit":9}"#),
        Some("field")
    );
    assert_eq!(field(r#"{"kind":"absence","after_s":0}"#), Some("after_s"));
    assert_eq!(
        field(r#"{"kind":"rate_of_change","profile":"oven","field":"t","by":-1,"within_s":60}"#),
        Some("by")
    );
    assert_eq!(
        field(r#"{"kind":"rate_of_change","profile":"oven","field":"t","by":1,"within_s":60,"clear":2}"#),
        Some("clear")
    );
    let _: Rule = rule(TenantId::generate(), spec(&hot("")));
}
