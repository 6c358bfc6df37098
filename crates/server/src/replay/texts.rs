//! Values that were sent as text, in columns of numbers: a slip in the file more often than not.
//!
//! In: the points as they are sent. Out: one line at the end, so that nobody overlooks them. Columns of text are
//! nobody's mistake and not mentioned.

use std::collections::HashMap;
use std::sync::Arc;

use model::{Point, Value};

/// Columns that are told singly.
const TOLD: usize = 5;
/// Characters of a value that are shown.
const SHOWN: usize = 40;

#[derive(Default)]
pub struct Texts {
    columns: HashMap<Arc<str>, Column>,
}

#[derive(Default)]
struct Column {
    values: u64,
    numbers: u64,
    texts: u64,
    /// The first text, and the line that holds it.
    first: Option<(u64, String)>,
}

impl Texts {
    pub fn count(&mut self, line: u64, point: &Point) {
        for (name, value) in &point.values {
            if !self.columns.contains_key(name) {
                self.columns.insert(name.clone(), Column::default());
            }
            let Some(column) = self.columns.get_mut(name) else { continue };
            column.values += 1;
            match value {
                Value::Number(_) => column.numbers += 1,
                Value::Text(text) => {
                    column.texts += 1;
                    column.first.get_or_insert_with(|| (line, text.chars().take(SHOWN).collect()));
                }
                Value::Bool(_) | Value::Json(_) => {}
            }
        }
    }

    /// None when there is nothing to tell. What was found first stands first.
    pub fn told(&self) -> Option<String> {
        let mut found: Vec<_> = self
            .columns
            .iter()
            .filter(|(_, column)| column.numbers > column.values / 2)
            .filter_map(|(name, column)| Some((column.first.as_ref()?, name, column)))
            .collect();
        if found.is_empty() {
            return None;
        }
        found.sort_by_key(|(first, name, _)| (first.0, *name));
        let mut told: Vec<_> = found
            .iter()
            .take(TOLD)
            .map(|((line, text), name, column)| {
                let Column { texts, values, .. } = column;
                format!("{texts} of {values} in {name} (the first on line {line}: {text:?})")
            })
            .collect();
        if found.len() > TOLD {
            told.push(format!("and in {} more columns", found.len() - TOLD));
        }
        Some(format!(
            "values that are not numbers were sent as text, though most of their column are numbers: {}",
            told.join("; ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::*;

    fn told(rows: &[(&str, Value)]) -> Option<String> {
        let mut texts = Texts::default();
        for (line, (name, value)) in (2..).zip(rows) {
            let values = vec![((*name).into(), value.clone())];
            texts.count(line, &Point { ts: Timestamp::from_millis(0), values });
        }
        texts.told()
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn texts_among_numbers_are_told() {
        let number = Value::Number(1.0);
        let rows = [
            ("b", text("n/a")),
            ("b", number.clone()),
            ("a", number.clone()),
            ("a", text("1,234")),
            ("b", number.clone()),
            ("a", number.clone()),
            ("a", text("abc")),
            ("a", number.clone()),
        ];
        let said = told(&rows).unwrap();
        assert!(
            said.ends_with(
                ": 1 of 3 in b (the first on line 2: \"n/a\"); 2 of 5 in a (the first on line 5: \"1,234\")"
            ),
            "{said}"
        );
    }

    #[test]
    fn columns_of_text_or_of_numbers_are_not() {
        assert_eq!(told(&[]), None);
        assert_eq!(told(&[("a", Value::Number(1.0)), ("b", text("on")), ("c", Value::Bool(true))]), None);
        assert_eq!(told(&[("a", Value::Number(1.0)), ("a", text("on")), ("a", text("off"))]), None);
    }

    #[test]
    fn the_line_stays_short() {
        let rows: Vec<_> = ["a", "b", "c", "d", "e", "f", "g"]
            .into_iter()
            .flat_map(|name| {
                [(name, text(&"x".repeat(1000))), (name, Value::Number(1.0)), (name, Value::Number(2.0))]
            })
            .collect();
        let said = told(&rows).unwrap();
        assert!(said.ends_with("; and in 2 more columns") && said.len() < 600, "{said}");
    }
}
