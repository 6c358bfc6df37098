//! One query: scoped to one tenant, read-only, limited in rows, time and memory.

use serde_json::Value as Json;

/// A column of an answer. The type is one of number, bool, text, timestamp, json and other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub r#type: String,
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Json>>,
    /// There were more rows than the limit.
    pub truncated: bool,
    /// What is missing from the answer, in sentences (damaged files, unread messages).
    pub warnings: Vec<String>,
}
