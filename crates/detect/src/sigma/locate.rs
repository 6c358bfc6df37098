//! Where in the text something is. The parser works on values without positions, so lines are found by their words.

use model::phrase;
use serde::Deserialize as _;
use yaml_serde::{Deserializer, Value};

use super::explain;
use crate::error::RuleError;

/// The text's only document.
pub fn single_document(yaml: &str) -> Result<Value, RuleError> {
    let mut documents = Vec::new();
    for document in Deserializer::from_str(yaml) {
        match Value::deserialize(document) {
            Ok(Value::Null) => {}
            Ok(value) => documents.push(value),
            Err(error) => return Err(malformed(yaml, &error)),
        }
    }
    if documents.len() > 1 {
        if let Some(correlation) = documents.iter().find(|document| document.get("correlation").is_some()) {
            return Err(explain::correlation(yaml, correlation));
        }
        let second = yaml.lines().enumerate().skip(1).filter(|(_, line)| line.starts_with("---")).last();
        let message = phrase!(
            "sigma_several_documents",
            "the text holds several documents, and a rule is one document"
        );
        return Err(RuleError::of("yaml", message)
            .at(second.and_then(|(index, _)| u32::try_from(index + 1).ok()), None)
            .hint(phrase!(
                "sigma_several_documents_hint",
                "save each document as a rule of its own; action: global and repeat are not supported, so copy what they share into each",
            )));
    }
    documents.pop().ok_or_else(|| {
        RuleError::of("yaml", phrase!("sigma_empty", "the text is empty"))
            .hint(phrase!("sigma_empty_hint", "a Sigma rule has at least title, logsource and detection"))
    })
}

fn malformed(yaml: &str, error: &yaml_serde::Error) -> RuleError {
    let place = error.location();
    let line = place.as_ref().and_then(|place| u32::try_from(place.line()).ok());
    let column = place.as_ref().and_then(|place| u32::try_from(place.column()).ok());
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text);
    let at_fault =
        line.and_then(|line| yaml.lines().nth(line.saturating_sub(1) as usize)).unwrap_or_default();
    let hint = if yaml.contains('\t') && yaml.lines().any(|line| line.starts_with('\t')) {
        phrase!("yaml_tab", "YAML is indented with spaces; this text has a tab at the start of a line")
    } else if message.contains("duplicate") {
        phrase!(
            "yaml_duplicate_key",
            "the same key stands twice in one block; Sigma would lose one of them: put both values in a list under one key",
        )
    } else if at_fault.contains('\\')
        || at_fault.contains('*')
        || at_fault.contains('%')
        || at_fault.contains('@')
    {
        phrase!("yaml_quotes", "put values with special characters (* % @ \\ : #) in single quotes")
    } else {
        phrase!("yaml_indentation", "check the indentation and the colons around this line")
    };
    RuleError::of("yaml", phrase!("not_yaml", "this is not YAML: {error}", error = message))
        .at(line, column)
        .hint(hint)
}

/// The first line that satisfies the test, from 1, with the column of `needle` in it.
pub fn line_with(yaml: &str, needle: &str) -> (Option<u32>, Option<u32>) {
    line_where(yaml, needle, |_| true)
}

/// The first line with `needle` that also satisfies the test.
pub fn line_where(yaml: &str, needle: &str, also: impl Fn(&str) -> bool) -> (Option<u32>, Option<u32>) {
    let found = yaml.lines().enumerate().find_map(|(index, line)| {
        let column = line.find(needle)?;
        (!line.trim_start().starts_with('#') && also(line)).then_some((index, column))
    });
    match found {
        Some((line, column)) => (u32::try_from(line + 1).ok(), u32::try_from(column + 1).ok()),
        None => (None, None),
    }
}
