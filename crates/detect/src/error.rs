//! Why a rule cannot run, for the person who wrote it.

use std::fmt;

use model::{Phrase, phrase};

/// A sentence, where in the text, and what to do about it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub struct RuleError {
    pub message: Phrase,
    /// Line of the YAML, from 1.
    pub line: Option<u32>,
    /// Column of the YAML, from 1.
    pub column: Option<u32>,
    /// The field of the spec (`clear`, `yaml`) that is at fault.
    pub field: Option<&'static str>,
    pub hint: Option<Phrase>,
}

impl RuleError {
    /// A fault of one field of the rule.
    pub(crate) const fn of(field: &'static str, message: Phrase) -> Self {
        Self { message, line: None, column: None, field: Some(field), hint: None }
    }

    pub(crate) fn at(mut self, line: Option<u32>, column: Option<u32>) -> Self {
        self.line = line;
        self.column = column;
        self
    }

    pub(crate) fn hint(mut self, hint: Phrase) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The sentence with its place.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        let message = self.message.clone();
        match (self.line, self.column) {
            (Some(line), Some(column)) => phrase!(
                "at_line_and_column",
                "line {line}, column {column}: {message}",
                line = line,
                column = column,
                message = message,
            ),
            (Some(line), None) => {
                phrase!("at_line", "line {line}: {message}", line = line, message = message)
            }
            _ => message,
        }
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.phrase().text())
    }
}
