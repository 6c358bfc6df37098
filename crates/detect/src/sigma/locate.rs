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
        (!is_comment(line) && also(line)).then_some((index, column))
    });
    match found {
        Some((line, column)) => (u32::try_from(line + 1).ok(), u32::try_from(column + 1).ok()),
        None => (None, None),
    }
}

/// The keys from the top of the document down to a value.
pub type Path<'a> = &'a [&'a str];

/// The line of the value under these keys: the one that holds `written`, where several could be meant.
pub fn line_of(yaml: &str, path: Path, written: Option<&str>) -> Option<u32> {
    let lines: Vec<&str> = yaml.lines().collect();
    let mut place = None;
    for (number, key) in path.iter().enumerate() {
        let written = written.filter(|_| number + 1 == path.len());
        let Some(next) = below(&lines, place, key, written) else { break };
        place = Some(next);
    }
    place.and_then(|place| u32::try_from(place.line + 1).ok())
}

/// Where `text` begins in the lines from that one on: line and column, in characters from 1.
pub fn line_after(yaml: &str, line: Option<u32>, text: &str) -> Option<(u32, u32)> {
    let first = line.unwrap_or(1).saturating_sub(1) as usize;
    let (index, before) = yaml.lines().enumerate().skip(first).find_map(|(index, line)| {
        let at = line.find(text.trim_end())?;
        (!is_comment(line)).then_some((index, line.get(..at)?.chars().count()))
    })?;
    Some((u32::try_from(index + 1).ok()?, u32::try_from(before + 1).ok()?))
}

/// A key in the text, by index and byte.
#[derive(Clone, Copy)]
struct Place {
    line: usize,
    column: usize,
}

/// The key in the block below `parent`: the outermost of its name.
fn below(lines: &[&str], parent: Option<Place>, key: &str, written: Option<&str>) -> Option<Place> {
    let first = parent.map_or(0, |parent| parent.line);
    let indent = parent.and_then(|parent| Some(indentation(lines.get(parent.line)?, parent.column)));
    let found = lines.iter().enumerate().skip(first).take_while(|(number, line)| {
        let Some(indent) = indent else { return true };
        let text = line.trim_start();
        let deeper = line.len() - text.len() > indent;
        *number == first || deeper || text.is_empty() || text.starts_with(['#', '-', '}', ']'])
    });
    found
        .filter(|(_, line)| !is_comment(line))
        .filter_map(|(number, line)| {
            let behind = parent.filter(|parent| parent.line == number).map_or(0, |parent| parent.column + 1);
            let column = key_in(line, behind, key)?;
            let rest = line.get(column..).unwrap_or_default();
            let as_written = written.is_some_and(|written| rest.contains(written));
            Some((!as_written, column, Place { line: number, column }))
        })
        .min_by_key(|(other, column, place)| (*other, *column, place.line))
        .map(|(.., place)| place)
}

/// How far a block's key is indented: behind the dashes of a list, or where its line begins when others stand before it.
fn indentation(line: &str, column: usize) -> usize {
    let before = line.get(..column).unwrap_or_default();
    if before.chars().all(|c| matches!(c, ' ' | '-' | '"' | '\'')) {
        column
    } else {
        line.len() - line.trim_start().len()
    }
}

fn key_in(line: &str, behind: usize, key: &str) -> Option<usize> {
    line.match_indices(key).map(|(at, _)| at).filter(|at| *at >= behind).find(|at| {
        let before = line.get(..*at).and_then(|before| before.chars().next_back());
        let after = line.get(at + key.len()..).unwrap_or_default().trim_start_matches(['"', '\'', ' ']);
        before.is_none_or(|c| c.is_whitespace() || "{[,\"'".contains(c)) && after.starts_with(':')
    })
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "title: 'detection: s'\ndetection:\n  # s: no\n  t:\n    s: 1\n    a: 1\n  s:\n  - a: 1\n  - a: []\n    'b|all': x\n  u: {a: 1, b: []}\n  condition: s\n";

    #[test]
    fn a_value_is_found_under_its_keys() {
        for (path, line) in [
            (&["detection", "s"][..], 7),
            (&["detection", "t", "a"], 6),
            (&["detection", "s", "a"], 8),
            (&["detection", "s", "b|all"], 10),
            (&["detection", "u", "b"], 11),
            (&["detection", "condition"], 12),
            // As far as it is there.
            (&["detection", "u", "c"], 11),
        ] {
            assert_eq!(line_of(YAML, path, None), Some(line), "{path:?}");
        }
        assert_eq!(line_of(YAML, &["detection", "s", "a"], Some("[]")), Some(9));
    }
}
