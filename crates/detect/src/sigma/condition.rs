//! Conditions: whether they can be read, and whether what they ask for is there. The engine takes `all of foo_*` without
//! any such selection, and then matches everything.

use std::collections::HashMap;

use model::{Phrase, phrase};
use rsigma_parser::{
    ConditionExpr, Detection, Quantifier, SelectorPattern, SigmaParserError, SigmaRule, SourceLocation,
    parse_condition,
};
use yaml_serde::Value;

use super::bounds;
use super::explain::{excerpt, selections_are};
use super::locate::{Path, line_after, line_of};
use crate::error::RuleError;

const PATH: Path = &["detection", "condition"];

/// Brackets within brackets, and `not` before `not`.
const DEEPEST: usize = 64;

/// Words, and brackets.
const MOST_WORDS: usize = 1000;

/// Values that a condition compares, each as often as it is named.
const MOST_LOOKS: usize = 2000;

/// Refuses a condition that cannot be read.
pub fn read(yaml: &str, document: &Value) -> Result<(), RuleError> {
    document.get("detection").map_or(Ok(()), |detection| block(yaml, detection))
}

fn block(yaml: &str, block: &Value) -> Result<(), RuleError> {
    match block.get("condition") {
        Some(Value::String(text)) => one(yaml, text)?,
        Some(Value::Sequence(texts)) => {
            texts.iter().filter_map(Value::as_str).try_for_each(|text| one(yaml, text))?;
        }
        _ => {}
    }
    members(yaml, block)
}

/// Blocks over an array's members (`field[any]:`) have conditions of their own.
fn members(yaml: &str, value: &Value) -> Result<(), RuleError> {
    match value {
        Value::Mapping(entries) => entries.iter().try_for_each(|(key, inner)| {
            if key.as_str().is_some_and(|key| key.ends_with(']')) {
                block(yaml, inner)
            } else {
                members(yaml, inner)
            }
        }),
        Value::Sequence(items) => items.iter().try_for_each(|item| members(yaml, item)),
        _ => Ok(()),
    }
}

fn one(yaml: &str, text: &str) -> Result<(), RuleError> {
    if depth(text) > DEEPEST {
        let reason =
            phrase!("sigma_condition_too_deep", "it is nested deeper than {most} brackets", most = DEEPEST,);
        return Err(unreadable(yaml, text, None, reason));
    }
    let count = words(text).count();
    if count > MOST_WORDS {
        let message = phrase!(
            "sigma_condition_too_long",
            "the condition has {count} words and brackets; {most} are the limit",
            count = count,
            most = MOST_WORDS,
        );
        let (line, _) = whereabouts(yaml, text, None);
        return Err(RuleError::of("yaml", message).at(line, None).hint(bounds::split()));
    }
    match parse_condition(text) {
        Ok(_) => Ok(()),
        Err(error) => Err(unreadable(yaml, text, error.location(), reason(text, &error))),
    }
}

/// How deep a reader of the condition has to go.
fn depth(text: &str) -> usize {
    let (mut open, mut negated, mut deepest) = (0_usize, 0_usize, 0);
    for word in words(text) {
        match word {
            "(" => open += 1,
            ")" => (open, negated) = (open.saturating_sub(1), 0),
            "not" => negated += 1,
            _ => negated = 0,
        }
        deepest = deepest.max(open + negated);
    }
    deepest
}

/// The condition's words, and each bracket as one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['(', ')'])
        .flat_map(|part| match part.char_indices().next_back() {
            Some((last, '(' | ')')) => [part.get(..last), part.get(last..)],
            _ => [Some(part), None],
        })
        .flatten()
        .flat_map(str::split_whitespace)
}

fn unreadable(yaml: &str, text: &str, place: Option<SourceLocation>, reason: Phrase) -> RuleError {
    let (line, column) = whereabouts(yaml, text, place);
    let message =
        phrase!("sigma_condition_unreadable", "the condition cannot be read: {error}", error = reason);
    RuleError::of("yaml", message).at(line, column).hint(phrase!(
        "sigma_condition_unreadable_hint",
        "a condition joins the names of selections: selection and not 1 of filter_*; aggregations with | are not supported",
    ))
}

fn reason(text: &str, error: &SigmaParserError) -> Phrase {
    if text.trim().is_empty() {
        return phrase!("sigma_condition_empty", "it is empty");
    }
    let mut open = 0_usize;
    for word in words(text) {
        match word {
            "(" => open += 1,
            ")" if open == 0 => {
                return phrase!("sigma_bracket_not_opened", "a bracket is closed that was not opened");
            }
            ")" => open -= 1,
            _ => {}
        }
    }
    if open > 0 {
        return phrase!("sigma_bracket_not_closed", "a bracket is opened and not closed");
    }
    let last = words(text).last().unwrap_or_default();
    if matches!(last, "and" | "or" | "not" | "of" | "all" | "any") {
        return phrase!(
            "sigma_condition_ends",
            "it ends after \"{word}\", where the name of a selection should follow",
            word = last,
        );
    }
    match error.location().and_then(|place| rest(text, place)) {
        Some(rest) => {
            phrase!("sigma_condition_from", "it makes no sense from \"{rest}\" on", rest = excerpt(rest))
        }
        None => Phrase::plain(excerpt(&error.to_string())),
    }
}

/// The condition from that place to the end of the line.
fn rest(text: &str, place: SourceLocation) -> Option<&str> {
    let line = text.lines().nth(place.line.checked_sub(1)? as usize)?;
    let (start, _) = line.char_indices().nth(place.col.checked_sub(1)? as usize)?;
    line.get(start..).map(str::trim).filter(|rest| !rest.is_empty())
}

/// Where in the YAML a place in the condition is: the condition's own line when it is written over several.
fn whereabouts(yaml: &str, text: &str, place: Option<SourceLocation>) -> (Option<u32>, Option<u32>) {
    let condition = line_of(yaml, PATH, None);
    let (line, column) = place.map_or((1, None), |place| (place.line, Some(place.col)));
    let written = text.lines().nth(line.saturating_sub(1) as usize).filter(|line| !line.trim().is_empty());
    let found = written.and_then(|written| line_after(yaml, condition, written));
    match found {
        Some((line, start)) => (Some(line), column.map(|column| start + column - 1)),
        None => (condition, None),
    }
}

/// Refuses a condition that asks for so many values, since it names the same selections over and over, that each event
/// takes long.
pub fn looks(yaml: &str, rule: &SigmaRule) -> Result<(), RuleError> {
    let conditions = rule.detection.conditions.iter();
    let count: usize = conditions.map(|condition| looked_at(condition, &rule.detection.named)).sum();
    if count <= MOST_LOOKS {
        return Ok(());
    }
    let message = phrase!(
        "sigma_condition_too_costly",
        "the condition compares {count} values with each event, since it names selections several times; {most} are the limit",
        count = count,
        most = MOST_LOOKS,
    );
    Err(RuleError::of("yaml", message).at(line_of(yaml, PATH, None), None).hint(bounds::split()))
}

/// How many values are compared when nothing is decided early.
fn looked_at(condition: &ConditionExpr, named: &HashMap<String, Detection>) -> usize {
    match condition {
        ConditionExpr::And(parts) | ConditionExpr::Or(parts) => {
            parts.iter().map(|part| looked_at(part, named)).sum()
        }
        ConditionExpr::Not(part) => looked_at(part, named),
        ConditionExpr::Identifier(name) => named.get(name).map_or(0, values),
        ConditionExpr::Selector { pattern, .. } => named
            .iter()
            .filter(|(name, _)| pattern.matches_detection_name(name))
            .map(|(_, detection)| values(detection))
            .sum(),
    }
}

fn values(detection: &Detection) -> usize {
    match detection {
        Detection::AllOf(items) => items.iter().map(|item| item.values.len()).sum(),
        Detection::Keywords(values) => values.len(),
        Detection::AnyOf(parts) | Detection::And(parts) => parts.iter().map(values).sum(),
        Detection::ArrayMatch { body, .. } => values(body),
        Detection::Conditional { named, condition } => looked_at(condition, named),
    }
}

/// Refuses a condition that asks for selections by a pattern that none has, or for more of them than there are.
pub fn selectors(yaml: &str, rule: &SigmaRule) -> Result<(), RuleError> {
    let names: Vec<&str> = rule.detection.named.keys().map(String::as_str).collect();
    for condition in &rule.detection.conditions {
        within(yaml, condition, &names)?;
    }
    rule.detection.named.values().try_for_each(|found| nested(yaml, found))
}

fn nested(yaml: &str, detection: &Detection) -> Result<(), RuleError> {
    match detection {
        Detection::AllOf(_) | Detection::Keywords(_) => Ok(()),
        Detection::AnyOf(parts) | Detection::And(parts) => {
            parts.iter().try_for_each(|part| nested(yaml, part))
        }
        Detection::ArrayMatch { body, .. } => nested(yaml, body),
        Detection::Conditional { named, condition } => {
            let names: Vec<&str> = named.keys().map(String::as_str).collect();
            within(yaml, condition, &names)?;
            named.values().try_for_each(|part| nested(yaml, part))
        }
    }
}

fn within(yaml: &str, condition: &ConditionExpr, names: &[&str]) -> Result<(), RuleError> {
    match condition {
        ConditionExpr::And(parts) | ConditionExpr::Or(parts) => {
            parts.iter().try_for_each(|part| within(yaml, part, names))
        }
        ConditionExpr::Not(part) => within(yaml, part, names),
        ConditionExpr::Identifier(_) => Ok(()),
        ConditionExpr::Selector { quantifier, pattern } => selector(yaml, quantifier, pattern, names),
    }
}

fn selector(
    yaml: &str,
    quantifier: &Quantifier,
    pattern: &SelectorPattern,
    names: &[&str],
) -> Result<(), RuleError> {
    let found = names.iter().filter(|name| pattern.matches_detection_name(name)).count();
    let written = match pattern {
        SelectorPattern::Them => "them",
        SelectorPattern::Pattern(pattern) => pattern.as_str(),
    };
    let message = match quantifier {
        Quantifier::Count(0) => phrase!(
            "sigma_none_of",
            "the condition asks for 0 of {pattern}, and that is so whatever the event says",
            pattern = excerpt(written),
        ),
        _ if found == 0 => phrase!(
            "sigma_no_such_selections",
            "the condition asks for selections by the name {pattern}, and there are none",
            pattern = excerpt(written),
        ),
        Quantifier::Count(asked) if *asked > found as u64 => phrase!(
            "sigma_too_few_selections",
            "the condition asks for {asked} of {pattern}, and there are {count} selections of that name",
            asked = *asked,
            pattern = excerpt(written),
            count = found,
        ),
        _ => return Ok(()),
    };
    let condition = line_of(yaml, PATH, None);
    let line = line_after(yaml, condition, &format!("of {written}")).map(|(line, _)| line).or(condition);
    Err(RuleError::of("yaml", message).at(line, None).hint(selections_are(names)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_open_brackets_and_negations() {
        assert_eq!(depth("a and b"), 0);
        assert_eq!(depth("(a) and (b or (c))"), 2);
        assert_eq!(depth("not (not a)"), 3);
        assert_eq!(depth("not a and not b"), 1);
    }
}
