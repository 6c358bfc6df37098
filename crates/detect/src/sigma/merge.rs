//! The merge key of YAML 1.1: `<<: *name` puts another block's keys into this one. The parser takes it for a field of
//! that name.

use model::phrase;
use yaml_serde::{Mapping, Value};

use super::locate::line_with;
use crate::error::RuleError;

const KEY: &str = "<<";

/// Merges what is to be merged; whether there was any.
pub fn merge(yaml: &str, document: &mut Value) -> Result<bool, RuleError> {
    within(document).map_err(|NotABlock| {
        let message = phrase!("sigma_merge", "<< merges the keys of a block into another, and this is no block");
        RuleError::of("yaml", message).at(line_with(yaml, KEY).0, None).hint(phrase!(
            "sigma_merge_hint",
            "name the block with & and merge it with *, such as: common: &common {action: login}, then <<: *common",
        ))
    })
}

struct NotABlock;

/// Inner blocks first: a merged block may have merged others.
fn within(value: &mut Value) -> Result<bool, NotABlock> {
    match value {
        Value::Mapping(entries) => {
            let mut merged = false;
            for (_, inner) in entries.iter_mut() {
                merged |= within(inner)?;
            }
            let Some(others) = entries.remove(KEY) else { return Ok(merged) };
            match others {
                Value::Mapping(other) => add(entries, other),
                Value::Sequence(several) => {
                    for other in several {
                        let Value::Mapping(other) = other else { return Err(NotABlock) };
                        add(entries, other);
                    }
                }
                _ => return Err(NotABlock),
            }
            Ok(true)
        }
        Value::Sequence(items) => items.iter_mut().try_fold(false, |merged, item| Ok(merged | within(item)?)),
        Value::Tagged(tagged) => within(&mut tagged.value),
        _ => Ok(false),
    }
}

/// A key that is there already stays as it is.
fn add(entries: &mut Mapping, other: Mapping) {
    for (key, value) in other {
        entries.entry(key).or_insert(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(yaml: &str) -> Value {
        let mut value: Value = yaml_serde::from_str(yaml).unwrap();
        merge(yaml, &mut value).unwrap();
        value
    }

    #[test]
    fn keys_are_merged_and_those_that_are_there_stay() {
        for (yaml, same) in [
            ("x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}", "x: {a: 1, b: 2}\ny: {a: 1, b: 3}"),
            // The first of several wins.
            (
                "x: &x {a: 1}\ny: &y {a: 2, b: 2}\nz: {<<: [*x, *y]}",
                "x: {a: 1}\ny: {a: 2, b: 2}\nz: {a: 1, b: 2}",
            ),
            (
                "x: &x {a: 1}\ny: &y {<<: *x, b: 2}\nz: [{<<: *y}]",
                "x: {a: 1}\ny: {a: 1, b: 2}\nz: [{a: 1, b: 2}]",
            ),
        ] {
            assert_eq!(merged(yaml), yaml_serde::from_str::<Value>(same).unwrap(), "{yaml}");
        }
    }

    #[test]
    fn only_blocks_can_be_merged() {
        for yaml in ["a: 1\ny:\n  <<: 1", "a: 1\ny:\n  <<: [{a: 1}, 2]", "a: 1\ny:\n  <<: "] {
            let mut value: Value = yaml_serde::from_str(yaml).unwrap();
            assert_eq!(merge(yaml, &mut value).unwrap_err().line, Some(3));
        }
    }
}
