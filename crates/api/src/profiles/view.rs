use lake::{Field, TableSchema};
use serde::Serialize;
use utoipa::ToSchema;

/// A kind of devices.
#[derive(Serialize, ToSchema)]
pub struct Profile {
    /// Names the table in SQL.
    pub slug: String,
    pub devices: u64,
    pub fields: Vec<FieldView>,
    pub rows: u64,
}

/// A column that devices made by sending it.
#[derive(Serialize, ToSchema)]
pub struct FieldView {
    pub name: String,
    /// `number`, `bool`, `text` or `json`
    pub kind: String,
    pub unit: Option<String>,
    /// Values that came with another kind and are kept in a column of their own.
    pub conflicts: u64,
}

impl From<Field> for FieldView {
    fn from(field: Field) -> Self {
        Self {
            name: field.name,
            kind: field.kind.as_str().to_owned(),
            unit: field.unit,
            conflicts: field.conflicts,
        }
    }
}

/// The fields of a table that has perhaps never been written.
pub fn fields(schema: Option<TableSchema>) -> Vec<FieldView> {
    schema.map(|schema| schema.fields.into_iter().map(FieldView::from).collect()).unwrap_or_default()
}
