//! Rows in memory: a builder that takes them one by one, and the sealed chunk that queries and flushes read.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Float64Builder, Int64Array, RecordBatch, RecordBatchOptions, StringViewBuilder,
    TimestampMicrosecondArray, TimestampMicrosecondBuilder, UInt32Array, new_null_array,
};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use model::{FieldKind, ValueRef};
use uuid::Uuid;

use crate::columns::{Columns, DEVICE, EVENT, OVERFLOW, PROFILE, RECEIVED_AT, SEQ, TS, timestamp};

/// What rows are sorted by, in files as in memory. Device ids order as their texts do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub device: u128,
    pub ts: i64,
    pub seq: i64,
}

/// Sealed rows. Columns that none of its rows has are absent.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub keys: Vec<Key>,
    pub columns: HashMap<String, ArrayRef>,
    pub bytes: usize,
    devices: OnceLock<ArrayRef>,
}

impl Chunk {
    pub fn new(keys: Vec<Key>, columns: HashMap<String, ArrayRef>, bytes: usize) -> Self {
        Self { keys, columns, bytes, devices: OnceLock::new() }
    }

    /// One column under the schema's type, nulls if it has none.
    pub fn column(&self, name: &str, schema: &SchemaRef) -> Result<ArrayRef, ArrowError> {
        Ok(match name {
            DEVICE => {
                Arc::clone(self.devices.get_or_init(|| device_column(self.keys.iter().map(|key| key.device))))
            }
            TS => ts_column(self.keys.iter().map(|key| key.ts)),
            SEQ => seq_column(self.keys.iter().map(|key| key.seq)),
            _ => match self.columns.get(name) {
                Some(column) => Arc::clone(column),
                None => new_null_array(schema.field_with_name(name)?.data_type(), self.keys.len()),
            },
        })
    }

    /// The rows as a batch of (a projection of) the table's schema.
    pub fn batch(&self, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
        let columns: Result<Vec<_>, _> =
            schema.fields().iter().map(|field| self.column(field.name(), schema)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.keys.len()));
        RecordBatch::try_new_with_options(Arc::clone(schema), columns?, &options)
    }

    /// Some of the rows, in their order, as a batch of (a projection of) the table's schema.
    pub fn rows(&self, rows: &UInt32Array, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
        let keys = || rows.values().iter().filter_map(|row| self.keys.get(*row as usize));
        let columns = schema.fields().iter().map(|field| match field.name().as_str() {
            DEVICE => Ok(device_column(keys().map(|key| key.device))),
            TS => Ok(ts_column(keys().map(|key| key.ts))),
            SEQ => Ok(seq_column(keys().map(|key| key.seq))),
            name => match self.columns.get(name) {
                Some(column) => take(column, rows, None),
                None => Ok(new_null_array(field.data_type(), rows.len())),
            },
        });
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        RecordBatch::try_new_with_options(Arc::clone(schema), columns.collect::<Result<_, _>>()?, &options)
    }
}

pub(crate) fn device_column(devices: impl Iterator<Item = u128>) -> ArrayRef {
    let mut column = StringViewBuilder::new().with_deduplicate_strings();
    let mut text = [0_u8; uuid::fmt::Hyphenated::LENGTH];
    let mut last = None;
    for device in devices {
        if last != Some(device) {
            Uuid::from_u128(device).hyphenated().encode_lower(&mut text);
            last = Some(device);
        }
        column.append_value(std::str::from_utf8(&text).unwrap_or_default());
    }
    Arc::new(column.finish())
}

pub(crate) fn ts_column(ts: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from_iter_values(ts).with_timezone("UTC"))
}

pub(crate) fn seq_column(seq: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(seq))
}

#[derive(Debug)]
enum Builder {
    Number(Float64Builder),
    Bool(BooleanBuilder),
    Text(StringViewBuilder),
    Time(TimestampMicrosecondBuilder),
}

impl Builder {
    fn for_kind(kind: FieldKind) -> Self {
        match kind {
            FieldKind::Number => Self::Number(Float64Builder::new()),
            FieldKind::Bool => Self::Bool(BooleanBuilder::new()),
            FieldKind::Text | FieldKind::Json => Self::Text(StringViewBuilder::new()),
        }
    }

    fn len(&self) -> usize {
        use datafusion::arrow::array::ArrayBuilder;
        match self {
            Self::Number(builder) => builder.len(),
            Self::Bool(builder) => builder.len(),
            Self::Text(builder) => builder.len(),
            Self::Time(builder) => builder.len(),
        }
    }

    /// Rows that had no value become nulls only when a later row has one, or at the end.
    fn pad(&mut self, rows: usize) {
        let missing = rows.saturating_sub(self.len());
        match self {
            Self::Number(builder) => builder.append_nulls(missing),
            Self::Bool(builder) => builder.append_nulls(missing),
            Self::Text(builder) => (0..missing).for_each(|_| builder.append_null()),
            Self::Time(builder) => builder.append_nulls(missing),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Number(builder) => Arc::new(builder.finish()),
            Self::Bool(builder) => Arc::new(builder.finish()),
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Time(builder) => Arc::new(builder.finish()),
        }
    }

    fn finish_cloned(&self) -> ArrayRef {
        match self {
            Self::Number(builder) => Arc::new(builder.finish_cloned()),
            Self::Bool(builder) => Arc::new(builder.finish_cloned()),
            Self::Text(builder) => Arc::new(builder.finish_cloned()),
            Self::Time(builder) => Arc::new(builder.finish_cloned()),
        }
    }
}

/// Rows that are still being added to.
#[derive(Debug, Default)]
pub(crate) struct ChunkBuilder {
    keys: Vec<Key>,
    fields: Vec<Option<Builder>>,
    own: HashMap<&'static str, Builder>,
    pub bytes: usize,
}

impl ChunkBuilder {
    pub fn rows(&self) -> usize {
        self.keys.len()
    }

    pub fn begin(&mut self, key: Key) {
        self.keys.push(key);
        self.bytes += size_of::<Key>();
    }

    /// Gives the current row a value, unless its column has one already. Returns whether it did.
    pub fn set(&mut self, field: usize, value: ValueRef<'_>) -> bool {
        if self.fields.len() <= field {
            self.fields.resize_with(field + 1, || None);
        }
        let before = self.keys.len().saturating_sub(1);
        let Some(slot) = self.fields.get_mut(field) else { return false };
        let builder = slot.get_or_insert_with(|| Builder::for_kind(FieldKind::of(value)));
        let taken = append(builder, before, value);
        self.bytes += taken;
        taken > 0
    }

    pub fn set_overflow(&mut self, json: &str) {
        self.set_own(OVERFLOW, json);
    }

    pub fn set_event(&mut self, profile: &str, received_at: i64, json: &str) {
        self.set_own(PROFILE, profile);
        self.set_own(EVENT, json);
        let before = self.keys.len().saturating_sub(1);
        let time = || Builder::Time(TimestampMicrosecondBuilder::new().with_data_type(timestamp()));
        let builder = self.own.entry(RECEIVED_AT).or_insert_with(time);
        builder.pad(before);
        if let Builder::Time(times) = builder {
            times.append_value(received_at);
            self.bytes += 9;
        }
    }

    fn set_own(&mut self, name: &'static str, text: &str) {
        let before = self.keys.len().saturating_sub(1);
        let builder = self.own.entry(name).or_insert_with(|| Builder::for_kind(FieldKind::Text));
        builder.pad(before);
        if let Builder::Text(texts) = builder {
            texts.append_value(text);
            self.bytes += text.len() + 17;
        }
    }

    /// Turns the rows into a chunk and starts anew.
    pub fn seal(&mut self, columns: &Columns) -> Chunk {
        let rows = self.keys.len();
        let mut named = HashMap::new();
        for (field, builder) in columns.schema.fields.iter().zip(&mut self.fields) {
            if let Some(builder) = builder {
                builder.pad(rows);
                named.insert(field.name.clone(), builder.finish());
            }
        }
        for (name, builder) in &mut self.own {
            builder.pad(rows);
            named.insert((*name).to_owned(), builder.finish());
        }
        let chunk = Chunk::new(std::mem::take(&mut self.keys), named, self.bytes);
        *self = Self::default();
        chunk
    }

    /// A chunk of the rows so far; adding goes on.
    pub fn snapshot(&mut self, columns: &Columns) -> Chunk {
        let rows = self.keys.len();
        let mut named = HashMap::new();
        for (field, builder) in columns.schema.fields.iter().zip(&mut self.fields) {
            if let Some(builder) = builder {
                builder.pad(rows);
                named.insert(field.name.clone(), builder.finish_cloned());
            }
        }
        for (name, builder) in &mut self.own {
            builder.pad(rows);
            named.insert((*name).to_owned(), builder.finish_cloned());
        }
        Chunk::new(self.keys.clone(), named, self.bytes)
    }
}

fn append(builder: &mut Builder, before: usize, value: ValueRef<'_>) -> usize {
    if builder.len() > before {
        return 0;
    }
    builder.pad(before);
    match (builder, value) {
        (Builder::Number(numbers), ValueRef::Number(number)) => {
            numbers.append_value(number);
            9
        }
        (Builder::Bool(flags), ValueRef::Bool(flag)) => {
            flags.append_value(flag);
            1
        }
        (Builder::Text(texts), ValueRef::Text(text) | ValueRef::Json(text)) => {
            texts.append_value(text);
            text.len() + 17
        }
        _ => 0,
    }
}
