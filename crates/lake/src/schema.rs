//! The tables' columns: inferred from what devices send, the first kind of a field wins.

use std::str::FromStr;

use model::ValueRef;
use serde::{Deserialize, Serialize};

/// Columns a table may have; what exceeds them is kept as JSON in the column `overflow`.
pub(crate) const MAX_FIELDS: usize = 1_000;

/// What a field holds.
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
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Bool => "bool",
            Self::Text => "text",
            Self::Json => "json",
        }
    }

    #[must_use]
    pub const fn of(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Number(_) => Self::Number,
            ValueRef::Bool(_) => Self::Bool,
            ValueRef::Text(_) => Self::Text,
            ValueRef::Json(_) => Self::Json,
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

/// One column that devices made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub kind: FieldKind,
    pub unit: Option<String>,
    /// Values that came with another kind; they are in the column `<name>_<kind>`.
    pub conflicts: u64,
}

/// A table: one device profile's, or `events`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSchema {
    pub table: String,
    /// In order of first appearance.
    pub fields: Vec<Field>,
    /// Rows that had more fields than the table takes; the rest of them is in the column `overflow`.
    pub overflowing: u64,
    /// Rows in files and memory. Derived, not stored.
    #[serde(skip)]
    pub rows: u64,
}

impl TableSchema {
    pub(crate) fn named(table: &str) -> Self {
        Self { table: table.to_owned(), ..Self::default() }
    }

    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}
