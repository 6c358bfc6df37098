//! Chunks into Parquet files: rows by (device, ts, journal order), a file for each day or for a run of sparse days.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::{Array, ArrayRef, RecordBatch};
use datafusion::arrow::compute::interleave;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, Encoding, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::SortingColumn;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use datafusion::parquet::schema::types::ColumnPath;
use model::{DeviceId, TenantId, Timestamp};
use uuid::Uuid;

use crate::chunk::{Chunk, Key, device_column, seq_column, ts_column};
use crate::columns::{DEVICE, SEQ, TS, stored_schema};
use crate::{FileEntry, FileId, TableSchema};

pub(crate) const DAY_US: i64 = 86_400_000_000;
const ROW_GROUP_ROWS: usize = 131_072;
/// A column of numbers with more distinct values than fit here is written as split byte streams.
const FLOAT_DICTIONARY_BYTES: usize = 128 << 10;
/// Rows that are gathered and handed to the writer at a time.
const SLICE_ROWS: usize = 32_768;
/// A day with fewer rows shares its file with its neighbours.
pub(crate) const SPARSE_DAY_ROWS: usize = 65_536;

pub(crate) fn day_of(ts: i64) -> i32 {
    i32::try_from(ts.div_euclid(DAY_US)).unwrap_or(if ts < 0 { i32::MIN } else { i32::MAX })
}

/// A file ready to be written.
pub(crate) struct EncodedFile {
    pub entry: FileEntry,
    pub bytes: Bytes,
}

/// Which row of which chunk.
#[derive(Clone, Copy)]
struct Source {
    key: Key,
    chunk: u32,
    row: u32,
}

/// Sorts and encodes. Rows with equal keys all stay.
pub(crate) fn encode(
    tenant: TenantId,
    schema: &TableSchema,
    chunks: &[Arc<Chunk>],
) -> Result<Vec<EncodedFile>, ParquetError> {
    let arrow = only_present(&stored_schema(schema), chunks)?;
    let mut files = Vec::new();
    for (day, mut rows) in by_day(chunks) {
        // Chunks are sorted or nearly so when they come from files: a stable sort merges such runs.
        rows.sort_by_key(|source| source.key);
        let bytes = write(&arrow, chunks, &rows)?;
        files.push(EncodedFile { entry: describe(tenant, &schema.table, day, &rows, &bytes), bytes });
    }
    Ok(files)
}

/// Columns without a single value are left out of the file; readers see nulls.
fn only_present(schema: &SchemaRef, chunks: &[Arc<Chunk>]) -> Result<SchemaRef, ParquetError> {
    let present = |name: &str| {
        matches!(name, DEVICE | TS | SEQ)
            || chunks
                .iter()
                .any(|chunk| chunk.columns.get(name).is_some_and(|column| column.null_count() < column.len()))
    };
    let kept: Vec<usize> = schema
        .fields()
        .iter()
        .enumerate()
        .filter(|(_, field)| present(field.name()))
        .map(|(at, _)| at)
        .collect();
    Ok(Arc::new(schema.project(&kept)?))
}

fn by_day(chunks: &[Arc<Chunk>]) -> Vec<(i32, Vec<Source>)> {
    let mut counts: BTreeMap<i32, usize> = BTreeMap::new();
    for key in chunks.iter().flat_map(|chunk| &chunk.keys) {
        *counts.entry(day_of(key.ts)).or_default() += 1;
    }
    // Which file each day goes to.
    let mut files: Vec<(i32, Vec<Source>)> = Vec::new();
    let mut file_of: HashMap<i32, usize> = HashMap::new();
    let mut gathered = usize::MAX;
    for (&day, &rows) in &counts {
        if rows >= SPARSE_DAY_ROWS || gathered.saturating_add(rows) > SPARSE_DAY_ROWS {
            files.push((day, Vec::new()));
            gathered = if rows >= SPARSE_DAY_ROWS { usize::MAX } else { 0 };
        }
        gathered = gathered.saturating_add(rows);
        file_of.insert(day, files.len().saturating_sub(1));
    }
    let mut last = (i32::MIN, 0);
    for (at, chunk) in chunks.iter().enumerate() {
        for (row, key) in chunk.keys.iter().enumerate() {
            let day = day_of(key.ts);
            if last.0 != day || file_of.len() == 1 {
                last = (day, file_of.get(&day).copied().unwrap_or(0));
            }
            if let Some((_, rows)) = files.get_mut(last.1) {
                rows.push(Source {
                    key: *key,
                    chunk: u32::try_from(at).unwrap_or(u32::MAX),
                    row: u32::try_from(row).unwrap_or(u32::MAX),
                });
            }
        }
    }
    files
}

fn write(schema: &SchemaRef, chunks: &[Arc<Chunk>], rows: &[Source]) -> Result<Bytes, ParquetError> {
    let mut writer = ArrowWriter::try_new(Vec::new(), Arc::clone(schema), Some(properties(schema)?))?;
    let sources: Vec<Vec<ArrayRef>> = schema
        .fields()
        .iter()
        .filter(|field| !matches!(field.name().as_str(), DEVICE | TS | SEQ))
        .map(|field| chunks.iter().map(|chunk| chunk.column(field.name(), schema)).collect())
        .collect::<Result<_, _>>()?;
    for slice in rows.chunks(SLICE_ROWS) {
        let picks: Vec<(usize, usize)> =
            slice.iter().map(|source| (source.chunk as usize, source.row as usize)).collect();
        let mut sources = sources.iter();
        let mut columns = Vec::with_capacity(schema.fields().len());
        for field in schema.fields() {
            columns.push(match field.name().as_str() {
                DEVICE => device_column(slice.iter().map(|source| source.key.device)),
                TS => ts_column(slice.iter().map(|source| source.key.ts)),
                SEQ => seq_column(slice.iter().map(|source| source.key.seq)),
                _ => {
                    let arrays: Vec<&dyn Array> =
                        sources.next().into_iter().flatten().map(|array| array.as_ref()).collect();
                    interleave(&arrays, &picks)?
                }
            });
        }
        writer.write(&RecordBatch::try_new(Arc::clone(schema), columns)?)?;
    }
    Ok(writer.into_inner()?.into())
}

fn properties(schema: &SchemaRef) -> Result<WriterProperties, ParquetError> {
    let mut properties = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_sorting_columns(Some(
            [DEVICE, TS, SEQ]
                .iter()
                .filter_map(|name| i32::try_from(schema.index_of(name).ok()?).ok())
                .map(|column_idx| SortingColumn { column_idx, descending: false, nulls_first: false })
                .collect(),
        ));
    for field in schema.fields() {
        let path = ColumnPath::from(field.name().as_str());
        match field.data_type() {
            DataType::Float64 => {
                // What sensors send in decimals has few distinct values; the rest outgrows its dictionary soon.
                properties = properties
                    .set_column_dictionary_page_size_limit(path.clone(), FLOAT_DICTIONARY_BYTES)
                    .set_column_encoding(path, Encoding::BYTE_STREAM_SPLIT);
            }
            DataType::Timestamp(..) | DataType::Int64 => {
                properties = properties
                    .set_column_dictionary_enabled(path.clone(), false)
                    .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
            }
            _ => {}
        }
    }
    Ok(properties.build())
}

fn describe(tenant: TenantId, table: &str, day: i32, rows: &[Source], bytes: &Bytes) -> FileEntry {
    let id = Uuid::now_v7();
    let ts = rows.iter().map(|source| source.key.ts);
    let device =
        |source: Option<&Source>| DeviceId(Uuid::from_u128(source.map_or(0, |source| source.key.device)));
    FileEntry {
        id: FileId(id),
        tenant,
        table: table.to_owned(),
        day,
        path: format!("lake/{tenant}/{}/{}/{id}.parquet", folder(table), date(day)),
        rows: rows.len() as u64,
        bytes: bytes.len() as u64,
        min_ts: Timestamp::from_micros(ts.clone().min().unwrap_or(0)),
        max_ts: Timestamp::from_micros(ts.max().unwrap_or(0)),
        min_device: device(rows.first()),
        max_device: device(rows.last()),
        checksum: crc32fast::hash(bytes),
        quarantined: None,
    }
}

/// A table's folder: its name, with what a file name should not hold spelled in hex.
fn folder(table: &str) -> String {
    let mut folder = String::with_capacity(table.len());
    for byte in table.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => folder.push(char::from(byte)),
            _ => folder.push_str(&format!("~{byte:02x}")),
        }
    }
    folder
}

/// `2026-11-21`.
pub(crate) fn date(day: i32) -> String {
    let text = Timestamp::from_micros(i64::from(day).saturating_mul(DAY_US)).to_string();
    text.split('T').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(ts: impl Iterator<Item = i64>) -> Arc<Chunk> {
        let keys = ts.enumerate().map(|(at, ts)| Key { device: 1, ts, seq: at as i64 }).collect();
        Arc::new(Chunk::new(keys, HashMap::new(), 0))
    }

    #[test]
    fn sparse_days_share_a_file_and_full_days_do_not() {
        let sparse = chunk((0..80).map(|day| day * DAY_US));
        assert_eq!(by_day(&[sparse]).len(), 1);
        let full = SPARSE_DAY_ROWS as i64;
        let days: Vec<_> =
            by_day(&[chunk((0..full).chain(DAY_US..DAY_US + full).chain([2 * DAY_US, 3 * DAY_US]))]);
        let sizes: Vec<_> = days.iter().map(|(day, rows)| (*day, rows.len())).collect();
        assert_eq!(sizes, [(0, SPARSE_DAY_ROWS), (1, SPARSE_DAY_ROWS), (2, 2)]);
    }

    #[test]
    fn a_folder_never_leaves_its_parent() {
        assert_eq!(folder("air-sensor_2"), "air-sensor_2");
        assert_eq!(folder("../É"), "~2e~2e~2f~c3~89");
    }

    #[test]
    fn a_day_reads_as_a_date() {
        assert_eq!(date(day_of(1_386_018_900_000_000)), "2013-12-02");
    }
}
