//! The tables' columns: inferred from what devices send, the first kind of a field wins.

use model::FieldKind;
use serde::{Deserialize, Serialize};

/// Columns a table may have; what exceeds them is kept as JSON in the column `overflow`.
pub(crate) const MAX_FIELDS: usize = 1_000;

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
