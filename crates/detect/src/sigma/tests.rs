//! Sigma rules that the engine would load and that would then match everything, or nothing; and texts that look wrong and
//! are not.

use super::parse;
use crate::error::RuleError;

const HEAD: &str = "title: t\nlogsource: {product: smartsecurity, service: device}\n";

fn read(yaml: &str) -> Result<(), RuleError> {
    parse(yaml).map(drop)
}

/// What is said of a rule with this detection, whose first line is line 4.
fn refused(detection: &str) -> RuleError {
    let error = read(&format!("{HEAD}detection:\n{detection}")).expect_err(detection);
    assert!(error.message.text().len() < 400, "{error}");
    error
}

#[test]
fn a_selector_that_no_selection_fits_is_refused() {
    for (condition, says) in [
        ("all of foo_*", "by the name foo_*, and there are none"),
        ("1 of foo_*", "by the name foo_*"),
        ("s and not 1 of foo_*", "by the name foo_*"),
        ("any of foo", "by the name foo"),
        ("s and (s or all of *_foo)", "by the name *_foo"),
        ("3 of s*", "3 of s*, and there are 1 selections"),
        ("0 of s*", "0 of s*"),
    ] {
        let error = refused(&format!("  s: {{a: b}}\n  condition: {condition}\n"));
        assert!(error.message.text().contains(says), "{error}");
        assert_eq!(error.line, Some(5), "{error}");
        assert!(error.hint.unwrap().text().contains("the selections are: s"));
    }
    let hidden = refused("  _s: {a: b}\n  condition: all of them\n");
    assert!(hidden.message.text().contains("them"), "{hidden}");
    let listed = refused("  s: {a: b}\n  condition:\n    - s\n    - all of foo_*\n");
    assert_eq!(listed.line, Some(7));
    for condition in ["1 of s*", "all of them", "1 of *", "1 of s*_a or s_b", "2 of s_*"] {
        let detection = format!("  s_a: {{a: b}}\n  s_b: {{a: c}}\n  condition: {condition}\n");
        read(&format!("{HEAD}detection:\n{detection}")).unwrap();
    }
}

#[test]
fn a_selector_within_an_array_block_is_refused_too() {
    let error = read(&format!(
        "{HEAD}sigma-version: 3\ndetection:\n  s:\n    c[any]:\n      p: {{a: b}}\n      condition: all of foo_*\n  condition: s\n"
    ));
    assert!(error.unwrap_err().message.text().contains("foo_*"));
}

#[test]
fn a_selection_that_says_nothing_is_refused_with_its_line() {
    for (selection, says, line) in [
        ("  s:\n", "selection s is empty", 4),
        ("  s: {}\n", "selection s is empty", 4),
        ("  s: []\n", "selection s is empty", 4),
        ("  s:\n    - {}\n", "selection s is empty", 4),
        ("  t: {a: b}\n  s:\n    -\n", "selection s is empty", 5),
        ("  s:\n    a: []\n", "a has an empty list", 5),
        ("  s:\n    - a: 1\n    - a: []\n", "a has an empty list", 6),
        ("  s:\n    'a|contains': []\n", "a|contains has an empty list", 5),
        ("  s:\n    a: {}\n", "a has an empty list", 5),
    ] {
        let error = refused(&format!("{selection}  condition: s\n"));
        assert!(error.message.text().contains(says), "{error}");
        assert_eq!(error.line, Some(line), "{error}");
        assert!(error.hint.is_some());
    }
    // No value is a value.
    read(&format!("{HEAD}detection:\n  s:\n    a:\n  condition: s\n")).unwrap();
}

#[test]
fn exists_takes_only_true_or_false() {
    for value in ["maybe", "yes", "1", "[true, false]", "''", ""] {
        let error = refused(&format!("  s:\n    b: maybe\n    a|exists: {value}\n  condition: s\n"));
        assert!(error.message.text().contains("only true or false"), "{error}");
        assert_eq!(error.line, Some(6), "{error}");
    }
    for value in ["true", "false", "'true'"] {
        read(&format!("{HEAD}detection:\n  s:\n    a|exists: {value}\n  condition: s\n")).unwrap();
    }
}

#[test]
fn modifiers_that_do_not_fit_are_refused_with_their_line() {
    let single = refused("  s:\n    b: 1\n    a|contains|all: x\n  condition: s\n");
    assert!(single.message.text().contains("a|contains|all asks for all of one value"), "{single}");
    assert_eq!(single.line, Some(6));
    let both = refused("  t: {a|contains: y}\n  s:\n    - b: 1\n      a|re|contains: x\n  condition: s\n");
    assert!(both.message.text().contains("conflicting modifiers"), "{both}");
    assert_eq!(both.line, Some(7));
}

#[test]
fn a_condition_that_cannot_be_read_says_why_and_where() {
    for (condition, says, column) in [
        ("s and", "ends after \"and\"", Some(19)),
        ("(s", "a bracket is opened and not closed", Some(16)),
        ("s)", "a bracket is closed that was not opened", Some(15)),
        ("s t", "makes no sense from \"t\" on", Some(16)),
        ("s | count() > 5", "from \"| count() > 5\" on", Some(16)),
        ("''", "it is empty", None),
    ] {
        let error = refused(&format!("  s: {{a: b}}\n  condition: {condition}\n"));
        assert!(error.message.text().contains(says), "{error}");
        assert!(!error.message.text().contains("-->"), "{error}");
        assert_eq!((error.line, error.column), (Some(5), column), "{error}");
    }
    let folded = refused("  s: {a: b}\n  condition: >\n    s\n    and\n");
    assert_eq!(folded.line, Some(5), "{folded}");
    let listed = refused("  s: {a: b}\n  condition:\n    - s\n    - s or\n");
    assert_eq!(listed.line, Some(7), "{listed}");
}

#[test]
fn a_condition_nested_without_end_is_refused_in_few_words() {
    for deep in [
        format!("{}s{}", "(".repeat(5000), ")".repeat(5000)),
        format!("{}s", "not ".repeat(10_000)),
        "(".repeat(60_000),
    ] {
        let error = refused(&format!("  s: {{a: b}}\n  condition: {deep}\n"));
        assert!(error.message.text().contains("nested deeper than 64"), "{error}");
        assert_eq!(error.line, Some(5));
    }
    let long = refused(&format!("  s: {{a: b}}\n  condition: s {}\n", "t".repeat(60_000)));
    assert!(long.message.text().contains('…'));
    read(&format!("{HEAD}detection:\n  s: {{a: b}}\n  condition: {}s{}\n", "(".repeat(60), ")".repeat(60)))
        .unwrap();
}

#[test]
fn a_byte_order_mark_and_a_last_separator_are_no_fault() {
    let plain = format!("{HEAD}detection:\n  s: {{a: b}}\n  condition: s\n");
    for yaml in [
        format!("\u{feff}{plain}"),
        format!("{plain}---\n"),
        format!("---\n{plain}---\n---\n"),
        format!("\u{feff}---\n{plain}"),
    ] {
        read(&yaml).unwrap();
        assert_eq!(super::read(&yaml).unwrap().title, "t");
    }
}
