//! Selections that say nothing: without fields, without values, or with a value that means something else to the engine.

use model::phrase;
use rsigma_parser::{ConditionExpr, Detection, DetectionItem, FieldSpec, SigmaRule, parse_field_spec};
use yaml_serde::Value;

use super::explain::excerpt;
use super::locate::line_of;
use crate::error::RuleError;

pub fn refuse(yaml: &str, document: &Value) -> Result<(), RuleError> {
    let Some(detection) = document.get("detection").and_then(Value::as_mapping) else { return Ok(()) };
    for (name, value) in detection {
        let name = name.as_str().unwrap_or_default();
        if !matches!(name, "condition" | "timeframe") {
            selection(yaml, &mut vec!["detection", name], name, value)?;
        }
    }
    Ok(())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Mapping(entries) => entries.is_empty(),
        Value::Sequence(items) => items.is_empty(),
        _ => false,
    }
}

fn selection<'a>(yaml: &str, path: &mut Vec<&'a str>, name: &str, value: &'a Value) -> Result<(), RuleError> {
    if is_empty(value) {
        let message = phrase!(
            "sigma_empty_selection",
            "the selection {name} is empty, or a part of it is, so it does not say what to look for",
            name = excerpt(name),
        );
        let hint = phrase!(
            "sigma_empty_selection_hint",
            "give it a field and a value, such as: selection: {action: login_failed}",
        );
        return Err(RuleError::of("yaml", message).at(line_of(yaml, path, None), None).hint(hint));
    }
    match value {
        Value::Mapping(entries) => fields(yaml, path, entries),
        Value::Sequence(items) => items.iter().try_for_each(|item| selection(yaml, path, name, item)),
        _ => Ok(()),
    }
}

fn fields<'a>(
    yaml: &str,
    path: &mut Vec<&'a str>,
    entries: &'a yaml_serde::Mapping,
) -> Result<(), RuleError> {
    for (key, value) in entries {
        path.push(key.as_str().unwrap_or_default());
        field(yaml, path, value)?;
        path.pop();
    }
    Ok(())
}

fn field<'a>(yaml: &str, path: &mut Vec<&'a str>, value: &'a Value) -> Result<(), RuleError> {
    let key = path.last().copied().unwrap_or_default();
    let modified = |name: &str| key.split('|').skip(1).any(|modifier| modifier == name);
    let refused = |message, written| RuleError::of("yaml", message).at(line_of(yaml, path, written), None);
    if !value.is_null() && is_empty(value) {
        let message = phrase!(
            "sigma_no_values",
            "{field} has an empty list of values, and nothing can be in it",
            field = excerpt(key),
        );
        let written = if value.is_sequence() { "[]" } else { "{}" };
        return Err(refused(message, Some(written))
            .hint(phrase!("sigma_no_values_hint", "write at least one value, or take the field away")));
    }
    if modified("exists") && !matches!(value.as_str(), Some("true" | "false")) && !value.is_bool() {
        let message = phrase!(
            "sigma_exists",
            "{field} says whether there is such a field, and takes only true or false",
            field = excerpt(key),
        );
        return Err(refused(message, value.as_str()));
    }
    if modified("all") && value.as_sequence().is_none_or(|values| values.len() <= 1) {
        let message = phrase!("sigma_all_of_one", "{field} asks for all of one value", field = excerpt(key));
        return Err(refused(message, value.as_str()).hint(phrase!(
            "sigma_all_of_one_hint",
            "take |all away, or list the values that must all be there",
        )));
    }
    match value {
        Value::Mapping(entries) => fields(yaml, path, entries),
        _ => Ok(()),
    }
}

/// The line of the first field that the engine does not take, tried one by one.
pub fn line_at_fault(yaml: &str, document: &Value, rule: &SigmaRule) -> Option<u32> {
    let mut items = Vec::new();
    rule.detection.named.values().for_each(|detection| collect(detection, &mut items));
    let mut alone = rule.clone();
    alone.detection.conditions = vec![ConditionExpr::Identifier("alone".to_owned())];
    let mut lines = items.into_iter().filter_map(|item| {
        alone.detection.named = [("alone".to_owned(), Detection::AllOf(vec![item.clone()]))].into();
        rsigma_eval::compile_rule(&alone).err()?;
        let mut path = vec!["detection"];
        path_to(document.get("detection")?, &item.field, &mut path).then(|| line_of(yaml, &path, None))?
    });
    // Selections come in no order.
    let first = lines.next()?;
    Some(lines.fold(first, u32::min))
}

/// The items of a selection, however they are nested.
pub(super) fn collect<'a>(detection: &'a Detection, items: &mut Vec<&'a DetectionItem>) {
    match detection {
        Detection::AllOf(found) => items.extend(found),
        Detection::AnyOf(parts) | Detection::And(parts) => parts.iter().for_each(|part| collect(part, items)),
        Detection::ArrayMatch { body, .. } => collect(body, items),
        Detection::Conditional { named, .. } => named.values().for_each(|part| collect(part, items)),
        Detection::Keywords(_) => {}
    }
}

/// The keys that lead to the first field that is written so.
fn path_to<'a>(value: &'a Value, field: &FieldSpec, path: &mut Vec<&'a str>) -> bool {
    match value {
        Value::Mapping(entries) => entries.iter().any(|(key, inner)| {
            let Some(key) = key.as_str() else { return false };
            path.push(key);
            let found = parse_field_spec(key).is_ok_and(|spec| spec == *field) || path_to(inner, field, path);
            if !found {
                path.pop();
            }
            found
        }),
        Value::Sequence(items) => items.iter().any(|item| path_to(item, field, path)),
        _ => false,
    }
}
