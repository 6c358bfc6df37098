//! What a profile's field holds.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Phrase, ValueRef, phrase};

/// The first value that a profile's field ever had decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    Number,
    Bool,
    Text,
    Json,
}

impl FieldKind {
    #[must_use]
    pub const fn of(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Number(_) => Self::Number,
            ValueRef::Bool(_) => Self::Bool,
            ValueRef::Text(_) => Self::Text,
            ValueRef::Json(_) => Self::Json,
        }
    }

    /// As the catalog, the API and the console spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Bool => "bool",
            Self::Text => "text",
            Self::Json => "json",
        }
    }

    /// As it reads in a sentence.
    #[must_use]
    pub fn phrase(self) -> Phrase {
        match self {
            Self::Number => phrase!("kind_number", "number"),
            Self::Bool => phrase!("kind_bool", "bool"),
            Self::Text => phrase!("kind_text", "text"),
            Self::Json => phrase!("kind_json", "json"),
        }
    }
}

impl FromStr for FieldKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Number, Self::Bool, Self::Text, Self::Json]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("{text:?} is not a kind of field"))
    }
}
