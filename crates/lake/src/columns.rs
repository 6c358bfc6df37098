//! Decides which column a value goes to. The first kind of a field wins; a value of another kind goes to
//! `<field>_<kind>`, and so does a field that would hide one of the table's own columns.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field as ArrowField, Schema, SchemaRef, TimeUnit};

use crate::schema::{Field, MAX_FIELDS, TableSchema};
use model::FieldKind;

/// The table of security events. A device profile of that name has its measurements in [`EVENTS_TELEMETRY`].
pub(crate) const EVENTS: &str = "events";
pub(crate) const EVENTS_TELEMETRY: &str = "events_telemetry";

pub(crate) const DEVICE: &str = "device";
pub(crate) const NAME: &str = "name";
pub(crate) const TS: &str = "ts";
pub(crate) const OVERFLOW: &str = "overflow";
/// Journal offset and index within the record: a row's identity. Not visible in SQL.
pub(crate) const SEQ: &str = "__seq";
pub(crate) const PROFILE: &str = "profile";
pub(crate) const RECEIVED_AT: &str = "received_at";
pub(crate) const EVENT: &str = "event";

/// In an Arrow field's metadata: the column's texts are JSON.
pub(crate) const JSON_MARK: &str = "json";

const OWN: [&str; 5] = [DEVICE, NAME, TS, OVERFLOW, SEQ];
const OWN_OF_EVENTS: [&str; 3] = [PROFILE, RECEIVED_AT, EVENT];

/// Bits of a sequence number that count rows within one journal record.
const INDEX_BITS: u32 = 16;

pub(crate) fn seq(offset: u64, index: usize) -> i64 {
    let index = i64::try_from(index).unwrap_or(i64::MAX).min((1 << INDEX_BITS) - 1);
    (i64::try_from(offset).unwrap_or(i64::MAX >> INDEX_BITS) << INDEX_BITS) | index
}

pub(crate) fn offset_of(seq: i64) -> u64 {
    u64::try_from(seq >> INDEX_BITS).unwrap_or(0)
}

/// Where a value belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Field(usize),
    Overflow,
}

/// A table's schema with its index.
#[derive(Debug)]
pub(crate) struct Columns {
    pub schema: TableSchema,
    index: HashMap<String, usize>,
    /// Changed since the catalog last had it.
    pub dirty: bool,
    arrow: Option<SchemaRef>,
}

impl Columns {
    pub fn new(schema: TableSchema) -> Self {
        let index = schema.fields.iter().enumerate().map(|(at, field)| (field.name.clone(), at)).collect();
        Self { schema, index, dirty: false, arrow: None }
    }

    pub fn is_events(&self) -> bool {
        self.schema.table == EVENTS
    }

    /// Finds or makes the column for a value, and counts the conflict if it is one.
    pub fn place(&mut self, name: &str, kind: FieldKind) -> Place {
        if let Some(&at) = self.index.get(name) {
            if let Some(field) = self.schema.fields.get_mut(at) {
                if field.kind == kind {
                    return Place::Field(at);
                }
                field.conflicts += 1;
                self.dirty = true;
            }
            return self.place_aside(name, kind);
        }
        if self.is_own(name) { self.place_aside(name, kind) } else { self.add(name, kind) }
    }

    /// The same for a field of which other values came just before, so that it is looked up once.
    pub fn place_again(
        &mut self,
        before: &mut Option<(FieldKind, usize)>,
        name: &str,
        kind: FieldKind,
    ) -> Place {
        if let Some((known, at)) = *before
            && known == kind
        {
            return Place::Field(at);
        }
        let place = self.place(name, kind);
        // A conflict is counted each time.
        if let Place::Field(at) = place
            && self.schema.fields.get(at).is_some_and(|field| field.name == name)
        {
            *before = Some((kind, at));
        }
        place
    }

    pub fn count_overflow(&mut self) {
        if self.schema.overflowing == 0 {
            self.arrow = None;
        }
        self.schema.overflowing += 1;
        self.dirty = true;
    }

    fn place_aside(&mut self, name: &str, kind: FieldKind) -> Place {
        let mut aside = format!("{name}_{}", kind.as_str());
        loop {
            match self.index.get(&aside) {
                Some(&at) if self.schema.fields.get(at).is_some_and(|field| field.kind == kind) => {
                    return Place::Field(at);
                }
                None if !self.is_own(&aside) => return self.add(&aside, kind),
                _ => aside = format!("{aside}_{}", kind.as_str()),
            }
        }
    }

    fn add(&mut self, name: &str, kind: FieldKind) -> Place {
        let at = self.schema.fields.len();
        if at >= MAX_FIELDS {
            return Place::Overflow;
        }
        self.schema.fields.push(Field { name: name.to_owned(), kind, unit: None, conflicts: 0 });
        self.index.insert(name.to_owned(), at);
        self.dirty = true;
        self.arrow = None;
        Place::Field(at)
    }

    fn is_own(&self, name: &str) -> bool {
        OWN.contains(&name) || (self.is_events() && OWN_OF_EVENTS.contains(&name))
    }

    /// The columns as they are stored.
    pub fn arrow(&mut self) -> SchemaRef {
        if let Some(schema) = &self.arrow {
            return Arc::clone(schema);
        }
        let schema = stored_schema(&self.schema);
        self.arrow = Some(Arc::clone(&schema));
        schema
    }
}

/// device, ts, the table's own, fields, overflow, sequence number.
pub(crate) fn stored_schema(schema: &TableSchema) -> SchemaRef {
    let mut fields =
        vec![ArrowField::new(DEVICE, DataType::Utf8View, false), ArrowField::new(TS, timestamp(), false)];
    if schema.table == EVENTS {
        fields.push(ArrowField::new(PROFILE, DataType::Utf8View, true));
        fields.push(ArrowField::new(RECEIVED_AT, timestamp(), true));
        fields.push(json_field(EVENT));
    }
    for field in &schema.fields {
        fields.push(match field.kind {
            FieldKind::Number => ArrowField::new(&field.name, DataType::Float64, true),
            FieldKind::Bool => ArrowField::new(&field.name, DataType::Boolean, true),
            FieldKind::Text => ArrowField::new(&field.name, DataType::Utf8View, true),
            FieldKind::Json => json_field(&field.name),
        });
    }
    if schema.overflowing > 0 {
        fields.push(json_field(OVERFLOW));
    }
    fields.push(ArrowField::new(SEQ, DataType::Int64, false));
    Arc::new(Schema::new(fields))
}

pub(crate) fn timestamp() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn json_field(name: &str) -> ArrowField {
    ArrowField::new(name, DataType::Utf8View, true)
        .with_metadata(HashMap::from([(JSON_MARK.to_owned(), "true".to_owned())]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(columns: &Columns) -> Vec<&str> {
        columns.schema.fields.iter().map(|field| field.name.as_str()).collect()
    }

    #[test]
    fn the_first_kind_wins_and_the_other_has_its_own_column() {
        let mut columns = Columns::new(TableSchema::named("thermostat"));
        assert_eq!(columns.place("t", FieldKind::Number), Place::Field(0));
        assert_eq!(columns.place("t", FieldKind::Text), Place::Field(1));
        assert_eq!(columns.place("t", FieldKind::Text), Place::Field(1));
        assert_eq!(names(&columns), ["t", "t_text"]);
        assert_eq!(columns.schema.fields[0].conflicts, 2);
    }

    #[test]
    fn a_conflict_column_that_is_taken_gets_another_name() {
        let mut columns = Columns::new(TableSchema::named("thermostat"));
        columns.place("t_text", FieldKind::Number);
        columns.place("t", FieldKind::Number);
        columns.place("t", FieldKind::Text);
        assert_eq!(names(&columns), ["t_text", "t", "t_text_text"]);
    }

    #[test]
    fn a_field_cannot_hide_the_tables_own_columns() {
        let mut columns = Columns::new(TableSchema::named(EVENTS));
        columns.place("device", FieldKind::Text);
        columns.place("event", FieldKind::Text);
        columns.place(SEQ, FieldKind::Number);
        assert_eq!(names(&columns), ["device_text", "event_text", "__seq_number"]);
    }

    #[test]
    fn a_sequence_number_keeps_its_offset() {
        assert_eq!(offset_of(seq(12_345, 7)), 12_345);
        assert!(seq(1, 70_000) < seq(2, 0));
    }
}
