//! One table's rows that are not in files yet, beside the list of its files.

use std::sync::Arc;

use backplane::journal::Offset;
use model::{FieldKind, TelemetryRef, ValueRef};

use crate::chunk::{Chunk, ChunkBuilder, Key};
use crate::columns::{Columns, Place, seq};
use crate::files::LiveFile;
use crate::schema::TableSchema;

/// Values of a row that no column is left for: the table has as many as it may, or the value's own is taken.
type Overflow = serde_json::Map<String, serde_json::Value>;

const SEAL_ROWS: usize = 8192;
const SEAL_BYTES: usize = 4 << 20;

#[derive(Debug)]
pub(crate) struct Table {
    pub columns: Columns,
    pub files: Vec<Arc<LiveFile>>,
    active: ChunkBuilder,
    sealed: Vec<Arc<Chunk>>,
    /// Handed to a flush that has not been committed yet.
    flushing: Vec<Arc<Chunk>>,
}

impl Table {
    pub fn new(schema: TableSchema) -> Self {
        Self {
            columns: Columns::new(schema),
            files: Vec::new(),
            active: ChunkBuilder::default(),
            sealed: Vec::new(),
            flushing: Vec::new(),
        }
    }

    /// Adds a record's points as rows; returns how many bytes they took, about.
    pub fn insert_points(&mut self, device: u128, offset: Offset, telemetry: &TelemetryRef<'_>) -> usize {
        let mut fields: Vec<_> = telemetry.names.iter().map(|name| (*name, None)).collect();
        let points = telemetry.points().enumerate();
        points
            .map(|(at, (ts, values))| {
                let before = self.active.bytes;
                self.active.begin(Key { device, ts: ts.as_micros(), seq: seq(offset, at) });
                let mut overflow = Overflow::default();
                for (name, value) in values {
                    let Some((name, known)) = fields.get_mut(*name) else { continue };
                    let place = self.columns.place_again(known, name, FieldKind::of(*value));
                    self.put(place, name, *value, &mut overflow);
                }
                self.finish_row(before, overflow)
            })
            .sum()
    }

    pub fn insert_event<'a>(
        &mut self,
        key: Key,
        event: (&str, i64, &str),
        values: impl IntoIterator<Item = (&'a str, ValueRef<'a>)>,
    ) -> usize {
        let before = self.active.bytes;
        self.active.begin(key);
        self.active.set_event(event.0, event.1, event.2);
        let mut overflow = Overflow::default();
        for (name, value) in values {
            let place = self.columns.place(name, FieldKind::of(value));
            self.put(place, name, value, &mut overflow);
        }
        self.finish_row(before, overflow)
    }

    fn put(&mut self, place: Place, name: &str, value: ValueRef<'_>, overflow: &mut Overflow) {
        // A conflicting value's column may have got a value of its own in the same row.
        if !matches!(place, Place::Field(field) if self.active.set(field, value)) {
            overflow.insert(name.to_owned(), value.to_json());
        }
    }

    fn finish_row(&mut self, before: usize, overflow: Overflow) -> usize {
        if !overflow.is_empty() {
            self.columns.count_overflow();
            self.active.set_overflow(&serde_json::Value::Object(overflow).to_string());
        }
        self.grown(before)
    }

    fn grown(&mut self, before: usize) -> usize {
        let grown = self.active.bytes.saturating_sub(before);
        if self.active.rows() >= SEAL_ROWS || self.active.bytes >= SEAL_BYTES {
            self.seal();
        }
        grown
    }

    fn seal(&mut self) {
        if self.active.rows() > 0 {
            self.sealed.push(Arc::new(self.active.seal(&self.columns)));
        }
    }

    /// Everything in memory, as chunks that no later insert changes.
    pub fn snapshot(&mut self) -> Vec<Arc<Chunk>> {
        let mut chunks = self.flushing.clone();
        chunks.extend(self.sealed.iter().cloned());
        if self.active.rows() > 0 {
            chunks.push(Arc::new(self.active.snapshot(&self.columns)));
        }
        chunks
    }

    /// Takes what is in memory for a flush. It stays visible until [`Self::flushed`].
    pub fn cut(&mut self) -> Vec<Arc<Chunk>> {
        self.seal();
        self.flushing.append(&mut self.sealed);
        self.flushing.clone()
    }

    /// The flush is committed: its rows are in these files now.
    pub fn flushed(&mut self, files: impl Iterator<Item = Arc<LiveFile>>) {
        self.flushing.clear();
        self.files.extend(files);
    }

    pub fn memory_rows(&self) -> u64 {
        let chunks = self.flushing.iter().chain(&self.sealed).map(|chunk| chunk.keys.len() as u64);
        chunks.sum::<u64>() + self.active.rows() as u64
    }

    pub fn memory_bytes(&self) -> usize {
        let chunks = self.flushing.iter().chain(&self.sealed).map(|chunk| chunk.bytes);
        chunks.sum::<usize>() + self.active.bytes
    }

    pub fn rows(&self) -> u64 {
        let filed = self.files.iter().filter(|file| file.damage().is_none()).map(|file| file.entry.rows);
        filed.sum::<u64>() + self.memory_rows()
    }
}
