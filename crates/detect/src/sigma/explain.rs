//! The parser's and the engine's complaints, as sentences with a line and a way out.

use model::{Phrase, phrase};
use rsigma_eval::EvalError;
use rsigma_parser::SigmaRule;
use rsigma_parser::reference::MODIFIERS;
use yaml_serde::Value;

use super::locate::{line_where, line_with};
use super::rewrite::TooShort;
use super::selection::line_at_fault;
use crate::error::RuleError;

const LONGEST_QUOTE: usize = 200;

/// What every rule must have, and what we do not take.
pub fn shape(yaml: &str, document: &Value) -> Result<(), RuleError> {
    let Some(rule) = document.as_mapping() else {
        return Err(RuleError::of(
            "yaml",
            phrase!(
                "sigma_not_a_rule",
                "the text is YAML, but not a rule: a rule is a block of keys such as title and detection",
            ),
        ));
    };
    let has = |key: &str| rule.contains_key(Value::String(key.to_owned()));
    if has("correlation") {
        return Err(correlation(yaml, document));
    }
    if has("filter") && !has("detection") {
        let message = phrase!("sigma_filter", "this is a Sigma filter, and those are not supported");
        return Err(RuleError::of("yaml", message).at(line_with(yaml, "filter").0, None).hint(phrase!(
            "sigma_filter_hint",
            "write the exclusion into the rule itself: condition: selection and not filter",
        )));
    }
    if has("action") {
        let message =
            phrase!("sigma_collection", "this is a part of a rule collection (action: …), not a rule");
        return Err(RuleError::of("yaml", message).at(line_with(yaml, "action").0, None).hint(phrase!(
            "sigma_collection_hint",
            "copy what the documents share into each of them, and save each as a rule of its own",
        )));
    }
    let missing = |key: &str, hint: Phrase| {
        RuleError::of("yaml", phrase!("sigma_missing_key", "the rule has no {key}", key = key)).hint(hint)
    };
    let title = document.get("title").and_then(Value::as_str).unwrap_or_default();
    if title.trim().is_empty() {
        let hint = phrase!("sigma_title_hint", "add a line such as: title: Telnet opened on a camera");
        return Err(missing("title", hint));
    }
    if !has("logsource") {
        return Err(missing(
            "logsource",
            phrase!(
                "sigma_logsource_hint",
                "for events of devices, add: logsource: {product: smartsecurity, service: device}",
            ),
        ));
    }
    let Some(detection) = document.get("detection") else {
        return Err(missing(
            "detection",
            phrase!(
                "sigma_detection_hint",
                "add a block with named selections and a condition, such as: detection: {selection: {action: login_failed}, condition: selection}",
            ),
        ));
    };
    if detection.get("timeframe").is_some() {
        let message = phrase!(
            "sigma_timeframe",
            "timeframe counts events over time, and that is not supported: each event is judged for itself",
        );
        let hint = phrase!("sigma_timeframe_hint", "remove the line if one event is enough to warn of");
        return Err(RuleError::of("yaml", message).at(line_with(yaml, "timeframe").0, None).hint(hint));
    }
    let no_condition =
        detection.get("condition").is_none_or(|condition| condition.as_sequence().is_some_and(Vec::is_empty));
    if detection.is_mapping() && no_condition {
        return Err(missing(
            "condition",
            phrase!(
                "sigma_condition_hint",
                "add a line inside detection that names the selections: condition: selection",
            ),
        )
        .at(line_with(yaml, "detection").0, None));
    }
    Ok(())
}

/// A document that joins the matches of other rules.
pub fn correlation(yaml: &str, document: &Value) -> RuleError {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let title = text(document.get("title"));
    let kind = text(document.get("correlation").and_then(|correlation| correlation.get("type")));
    let which = if title.is_empty() {
        phrase!("sigma_this_document", "this document")
    } else {
        phrase!("sigma_the_document", "the document \"{title}\"", title = title)
    };
    let message = if kind.is_empty() {
        phrase!(
            "sigma_correlation",
            "{which} is a correlation rule, and correlation rules are not supported",
            which = which,
        )
    } else {
        phrase!(
            "sigma_correlation_of_kind",
            "{which} is a correlation rule ({kind}), and correlation rules are not supported",
            which = which,
            kind = kind,
        )
    };
    RuleError::of("yaml", message).at(line_with(yaml, "correlation:").0, None).hint(phrase!(
        "sigma_correlation_hint",
        "the rules that it refers to can be saved, each as a rule of its own: each of their matches is a finding, and those of one rule on one device join one incident",
    ))
}

pub fn too_short(yaml: &str, TooShort(value): &TooShort) -> RuleError {
    let message = phrase!(
        "sigma_base64offset_too_short",
        "\"{value}\" is too short for base64offset: it would be found in most texts",
        value = value,
    );
    RuleError::of("yaml", message)
        .at(line_with(yaml, "|base64offset").0, None)
        .hint(phrase!("sigma_base64offset_too_short_hint", "use values of at least three bytes"))
}

/// A complaint of the parser, which it gives as text.
pub fn parser(yaml: &str, complaint: &str) -> RuleError {
    if let Some(name) = between(complaint, "Unknown modifier '", "'") {
        return unknown_modifier(yaml, name);
    }
    if complaint.starts_with("`not` is not a value modifier") {
        let (line, column) = line_with(yaml, "|not");
        let message = phrase!("sigma_not_modifier", "not is no modifier of a field");
        return RuleError::of("yaml", message).at(line, column).hint(phrase!(
            "sigma_not_modifier_hint",
            "negate in the condition: condition: selection and not filter, with the excluded values under filter",
        ));
    }
    let complaint = complaint.trim_end_matches('.');
    if let Some(value) = between(complaint, "invalid level: '", "'") {
        let message = phrase!("sigma_level", "\"{value}\" is not a level", value = excerpt(value));
        return RuleError::of("yaml", message)
            .at(line_with(yaml, "level:").0, None)
            .hint(phrase!("sigma_level_hint", "use informational, low, medium, high or critical"));
    }
    if let Some(value) = between(complaint, "invalid status: '", "'") {
        let message = phrase!("sigma_status", "\"{value}\" is not a status", value = excerpt(value));
        return RuleError::of("yaml", message)
            .at(line_with(yaml, "status:").0, None)
            .hint(phrase!("sigma_status_hint", "use stable, test, experimental, deprecated or unsupported"));
    }
    let line = between(complaint, "'", "'").and_then(|word| line_with(yaml, word).0);
    RuleError::of("yaml", engine_says(complaint)).at(line, None)
}

/// A complaint that we know no better words for.
fn engine_says(complaint: &str) -> Phrase {
    phrase!(
        "sigma_engine",
        "the Sigma engine says: {error}",
        error = excerpt(&lower_first(first_line(complaint)))
    )
}

/// A complaint of the compiler.
pub fn engine(yaml: &str, document: &Value, rule: &SigmaRule, error: &EvalError) -> RuleError {
    match error {
        EvalError::UnknownDetection(name) => {
            let names: Vec<&str> = rule.detection.named.keys().map(String::as_str).collect();
            let (line, column) = line_where(yaml, name, |line| {
                line.contains("condition") || line.trim_start().starts_with('-')
            });
            RuleError::of(
                "yaml",
                phrase!(
                    "sigma_unknown_selection",
                    "the condition names \"{name}\", and there is no selection of that name",
                    name = excerpt(name),
                ),
            )
            .at(line, column)
            .hint(selections_are(&names))
        }
        EvalError::InvalidRegex(error) => {
            let text = error.to_string();
            let reason = text.lines().last().unwrap_or(&text).trim_start_matches("error: ").to_owned();
            let pattern = text.lines().nth(1).map(str::trim).unwrap_or_default();
            let line = if pattern.is_empty() { line_with(yaml, "|re") } else { line_with(yaml, pattern) };
            let line = if line.0.is_some() { line } else { line_with(yaml, "|re") };
            let message =
                phrase!("sigma_regex", "the regular expression is not valid: {error}", error = reason);
            RuleError::of("yaml", message).at(line.0, None).hint(phrase!(
                "sigma_regex_hint",
                "look-around and back-references are not supported; put the expression in single quotes",
            ))
        }
        EvalError::InvalidCidr(_) => {
            RuleError::of("yaml", phrase!("sigma_cidr", "this is not a network in CIDR form"))
                .at(line_with(yaml, "|cidr").0, None)
                .hint(phrase!("sigma_cidr_hint", "write it as 192.168.0.0/16"))
        }
        EvalError::ExpectedNumeric(_) => {
            let line = ["|gt", "|gte", "|lt", "|lte"].into_iter().find_map(|name| line_with(yaml, name).0);
            let message = phrase!("sigma_comparison", "a comparison (gt, gte, lt, lte) needs a number");
            RuleError::of("yaml", message).at(line, None)
        }
        EvalError::Parser(error) => parser(yaml, &error.to_string()),
        other => {
            let text = other.to_string();
            let quoted = || between(&text, "'", "'").and_then(|word| line_with(yaml, word).0);
            let line = line_at_fault(yaml, document, rule).or_else(quoted);
            RuleError::of("yaml", engine_says(&text)).at(line, None)
        }
    }
}

/// What a condition can name.
pub fn selections_are(names: &[&str]) -> Phrase {
    let mut names = names.to_vec();
    names.sort_unstable();
    phrase!("sigma_unknown_selection_hint", "the selections are: {names}", names = excerpt(&names.join(", ")),)
}

/// As much of a text as fits into a sentence.
pub fn excerpt(text: &str) -> String {
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

fn unknown_modifier(yaml: &str, name: &str) -> RuleError {
    let (line, column) = line_with(yaml, &format!("|{name}"));
    let nearest = MODIFIERS.iter().map(|(known, meaning)| (distance(name, known), known, meaning)).min();
    let hint = match nearest {
        Some((far, known, meaning)) if far <= 3 => phrase!(
            "sigma_modifier_meant",
            "did you mean {known}? ({meaning})",
            known = *known,
            meaning = lower_first(meaning),
        ),
        _ => phrase!(
            "sigma_modifiers",
            "the modifiers are contains, startswith, endswith, all, re, cidr, exists, cased, fieldref, gt, gte, lt, lte, base64, base64offset, wide, windash",
        ),
    };
    let message =
        phrase!("sigma_modifier", "\"{name}\" is not a modifier that Sigma knows", name = excerpt(name));
    RuleError::of("yaml", message).at(line, column).hint(hint)
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = text.split_once(before)?.1;
    Some(rest.split_once(after)?.0)
}

fn first_line(text: &str) -> &str {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or(text).trim()
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// How many letters must change to make one word of the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (row, x) in a.bytes().enumerate() {
        let mut current = vec![row + 1];
        for ((column, y), diagonal) in b.bytes().enumerate().zip(&previous) {
            let above = previous.get(column + 1).copied().unwrap_or(usize::MAX - 1) + 1;
            let left = current.last().copied().unwrap_or(0) + 1;
            current.push(above.min(left).min(diagonal + usize::from(x != y)));
        }
        previous = current;
    }
    previous.last().copied().unwrap_or(0)
}
