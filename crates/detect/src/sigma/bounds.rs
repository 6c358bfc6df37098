//! How large a rule may be: what it costs to read, to keep and to compare grows with it.

use std::cell::Cell;
use std::fmt;

use model::{Phrase, phrase};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};
use yaml_serde::Value;

use super::explain::excerpt;
use super::locate::{line_after, line_of, line_with};
use crate::error::RuleError;

/// A rule's text, in bytes.
const LARGEST: usize = 64 * 1024;

/// How long the parser takes grows with the square of it. Texts may hold some of their own.
const MOST_OPEN: usize = 500;

/// Values and letters when each alias (`*name`) is written out.
const MOST_WRITTEN_OUT: usize = 4 * LARGEST;

/// A value, in characters.
const LONGEST_VALUE: usize = 1024;

/// Values of a rule, in all its selections.
const MOST_VALUES: usize = 1100;

/// What is searched for, in bytes. Only the three patterns of each value for `base64offset` can be more than the text.
const MOST_ENCODED: usize = 2 * LARGEST;

/// As much of a long value as finds it in the text.
const BEGINNING: usize = 24;

/// Refuses a text that is too large to be read.
pub fn text(yaml: &str) -> Result<(), RuleError> {
    if yaml.len() > LARGEST {
        let message = phrase!(
            "sigma_too_large",
            "the rule is {size} KiB long; {most} KiB are the limit",
            size = yaml.len().div_ceil(1024),
            most = LARGEST / 1024,
        );
        return Err(RuleError::of("yaml", message).hint(split()));
    }
    if open_brackets(yaml) > MOST_OPEN {
        return Err(RuleError::of(
            "yaml",
            phrase!(
                "sigma_too_nested",
                "more than {most} brackets are opened and not closed again: no rule needs that",
                most = MOST_OPEN,
            ),
        ));
    }
    if written_out(yaml) > MOST_WRITTEN_OUT {
        let message = phrase!(
            "sigma_too_many_aliases",
            "written out, what the aliases (*name) stand for is more than {most} KiB",
            most = MOST_WRITTEN_OUT / 1024,
        );
        return Err(RuleError::of("yaml", message).hint(split()));
    }
    Ok(())
}

/// Refuses values of which too much is made.
pub fn encoded(yaml: &str, length: usize) -> Result<(), RuleError> {
    if length <= MOST_ENCODED {
        return Ok(());
    }
    let message = phrase!(
        "sigma_encoded_too_large",
        "encoded by base64offset, the values are {size} KiB long; {most} KiB are the limit",
        size = length.div_ceil(1024),
        most = MOST_ENCODED / 1024,
    );
    Err(RuleError::of("yaml", message).at(line_with(yaml, "base64offset").0, None).hint(split()))
}

/// What to do with a rule that is too large.
pub fn split() -> Phrase {
    phrase!("sigma_split_hint", "split it into several rules")
}

fn open_brackets(yaml: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for byte in yaml.bytes() {
        match byte {
            b'{' | b'[' => open += 1,
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

/// Refuses too many values, and one that is too long.
pub fn values(yaml: &str, document: &Value) -> Result<(), RuleError> {
    let Some(detection) = document.get("detection").and_then(Value::as_mapping) else { return Ok(()) };
    let mut walk = Walk { yaml, path: vec!["detection"], before: 0, count: 0 };
    for selection in detection.iter().filter(|(name, _)| !is_condition(name)) {
        walk.count += count(selection.1);
    }
    detection
        .iter()
        .filter(|(name, _)| !is_condition(name))
        .try_for_each(|(name, value)| walk.below(name, value))
}

fn is_condition(name: &Value) -> bool {
    matches!(name.as_str(), Some("condition" | "timeframe"))
}

fn count(value: &Value) -> usize {
    match value {
        Value::Mapping(entries) => entries.values().map(count).sum(),
        Value::Sequence(items) => items.iter().map(count).sum(),
        Value::Tagged(tagged) => count(&tagged.value),
        _ => 1,
    }
}

struct Walk<'a> {
    yaml: &'a str,
    /// The keys that led here.
    path: Vec<&'a str>,
    /// How many values came before.
    before: usize,
    /// How many there are.
    count: usize,
}

impl<'a> Walk<'a> {
    fn below(&mut self, key: &'a Value, value: &'a Value) -> Result<(), RuleError> {
        self.path.push(key.as_str().unwrap_or_default());
        self.value(value)?;
        self.path.pop();
        Ok(())
    }

    fn value(&mut self, value: &'a Value) -> Result<(), RuleError> {
        match value {
            Value::Mapping(entries) => entries.iter().try_for_each(|(key, inner)| self.below(key, inner)),
            Value::Sequence(items) => items.iter().try_for_each(|item| self.value(item)),
            Value::Tagged(tagged) => self.value(&tagged.value),
            scalar => self.scalar(scalar.as_str().unwrap_or_default()),
        }
    }

    fn scalar(&mut self, text: &str) -> Result<(), RuleError> {
        let length = text.chars().count();
        if length > LONGEST_VALUE {
            let message = phrase!(
                "sigma_value_too_long",
                "a value of {field} is {length} characters long; {most} are the limit",
                field = excerpt(self.path.last().copied().unwrap_or_default()),
                length = length,
                most = LONGEST_VALUE,
            );
            return Err(RuleError::of("yaml", message).at(self.line(text), None).hint(phrase!(
                "sigma_value_too_long_hint",
                "look for a shorter part of it with |contains, or split a regular expression into several values",
            )));
        }
        self.before += 1;
        if self.before > MOST_VALUES {
            let message = phrase!(
                "sigma_too_many_values",
                "the rule has {count} values; {most} are the limit",
                count = self.count,
                most = MOST_VALUES,
            );
            return Err(RuleError::of("yaml", message).at(self.line(text), None).hint(split()));
        }
        Ok(())
    }

    /// The value's line, or that of its field when it is written otherwise than it reads.
    fn line(&self, text: &str) -> Option<u32> {
        let field = line_of(self.yaml, &self.path, None);
        let beginning: String = text.lines().next().unwrap_or_default().chars().take(BEGINNING).collect();
        if beginning.is_empty() {
            return field;
        }
        line_after(self.yaml, field, &beginning).map(|(line, _)| line).or(field)
    }
}

/// How much the text is, as soon as it is too much, when each alias is written out.
fn written_out(yaml: &str) -> usize {
    let size = Cell::new(0);
    for document in yaml_serde::Deserializer::from_str(yaml) {
        // What is wrong with the text is said by those who read it.
        if Size(&size).deserialize(document).is_err() {
            break;
        }
    }
    size.get()
}

#[derive(Clone, Copy)]
struct Size<'a>(&'a Cell<usize>);

impl Size<'_> {
    fn add<E: Error>(self, size: usize) -> Result<(), E> {
        self.0.set(self.0.get().saturating_add(size));
        if self.0.get() > MOST_WRITTEN_OUT { Err(E::custom("too much")) } else { Ok(()) }
    }
}

impl<'de> DeserializeSeed<'de> for Size<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Size<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.add(1)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.add(1)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.add(1)
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<(), E> {
        self.add(1)
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<(), E> {
        self.add(1)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.add(1)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.add(1 + text.len())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.add(1)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.add(1)?;
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        self.add(1)?;
        while entries.next_key_seed(self)?.is_some() {
            entries.next_value_seed(self)?;
        }
        Ok(())
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<(), A::Error> {
        let (_, contents) = tagged.variant::<IgnoredAny>()?;
        contents.newtype_variant_seed(self)
    }
}
