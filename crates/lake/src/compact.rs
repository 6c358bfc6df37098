//! Many small files become few: read, merged by their common order, written, and replaced in one catalog step.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use backplane::blobs::Blobs;
use bytes::Bytes;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use model::TenantId;
use uuid::Uuid;

use crate::catalog::CatalogChange;
use crate::chunk::{Chunk, Key};
use crate::columns::{DEVICE, SEQ, TS};
use crate::encode::{SPARSE_DAY_ROWS, day_of, encode};
use crate::files::LiveFile;
use crate::state::{Counters, Shared};
use crate::{LakeError, TableSchema};

const READ_ROWS: usize = 65_536;
/// Sparse days this close to each other may share a file.
const SPARSE_SPAN_DAYS: i32 = 64;

/// Files of one table that should be one.
pub(crate) struct Merge {
    tenant: TenantId,
    schema: TableSchema,
    files: Vec<Arc<LiveFile>>,
}

impl Shared {
    /// Compacts everything that is worth it.
    pub(crate) async fn compact(&self) -> Result<(), LakeError> {
        // Each round makes bigger files of smaller ones; a handful reaches the end.
        for _ in 0..8 {
            let merges = self.worth_merging();
            if merges.is_empty() {
                break;
            }
            for merge in merges {
                self.merge(merge).await?;
            }
        }
        Ok(())
    }

    fn worth_merging(&self) -> Vec<Merge> {
        let today = day_of(self.clock.now().as_micros());
        let tables = self.tables.lock();
        let mut merges = Vec::new();
        for (tenant, named) in &tables.by_tenant {
            for table in named.values() {
                for files in self.pick(&table.files, today) {
                    merges.push(Merge { tenant: *tenant, schema: table.columns.schema.clone(), files });
                }
            }
        }
        merges
    }

    /// Groups of a day's files of about the same size, and of sparse days long over.
    fn pick(&self, files: &[Arc<LiveFile>], today: i32) -> Vec<Vec<Arc<LiveFile>>> {
        let mut groups: BTreeMap<(bool, i32, u32), Vec<Arc<LiveFile>>> = BTreeMap::new();
        for file in files {
            let rows = file.entry.rows;
            if file.damage().is_some() || rows * 2 > self.config.compact_rows {
                continue;
            }
            let tier = rows.max(1).ilog2() / 3;
            let sparse = file.entry.day < today - 1 && rows < SPARSE_DAY_ROWS as u64 / 4;
            let key = if sparse {
                (true, file.entry.day.div_euclid(SPARSE_SPAN_DAYS), 0)
            } else {
                (false, file.entry.day, tier)
            };
            groups.entry(key).or_default().push(Arc::clone(file));
        }
        let mut picked = Vec::new();
        for mut group in groups.into_values() {
            group.sort_by_key(|file| (file.entry.min_ts, file.entry.id));
            let mut total = 0;
            group.retain(|file| {
                total += file.entry.rows;
                total <= self.config.compact_rows
            });
            if group.len() >= self.config.compact_files.max(2) {
                picked.push(group);
            }
        }
        picked
    }

    async fn merge(&self, merge: Merge) -> Result<(), LakeError> {
        let failed = |error: &dyn std::fmt::Display| LakeError::Files(error.to_string());
        let (files, warnings) = self.sound(merge.files).await;
        if !warnings.is_empty() {
            return Ok(()); // Quarantined just now; the next round leaves them out.
        }
        let mut contents = Vec::with_capacity(files.len());
        for file in &files {
            contents.push(self.blobs.get(&file.entry.path).await.map_err(|error| failed(&error))?);
        }
        let (tenant, schema) = (merge.tenant, merge.schema);
        let table = schema.table.clone();
        let encoded = tokio::task::spawn_blocking(move || {
            let mut chunks = Vec::new();
            for bytes in contents {
                read_chunks(bytes, &mut chunks).map_err(|error| error.to_string())?;
            }
            encode(tenant, &schema, &chunks).map_err(|error| error.to_string())
        });
        let encoded = encoded.await.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
        let before: u64 = files.iter().map(|file| file.entry.rows).sum();
        let after: u64 = encoded.iter().map(|file| file.entry.rows).sum();
        if before != after {
            return Err(LakeError::Files(format!(
                "merging {before} rows of table {table} made {after}; nothing was changed"
            )));
        }
        let add = self.write(encoded).await?;
        let change = CatalogChange {
            add: add.clone(),
            remove: files.iter().map(|file| file.entry.id).collect(),
            ..CatalogChange::default()
        };
        // The new files stay on disk after an error: the commit may have happened all the same, and then they are
        // the only copy. If it did not, the next start sweeps them.
        self.commit_for_certain(change).await?;
        if let Some(table) = self.tables.lock().find(tenant, &table) {
            table.files.retain(|file| !files.iter().any(|gone| gone.entry.id == file.entry.id));
            table.files.extend(add.into_iter().map(|entry| Arc::new(LiveFile::written(entry))));
        }
        self.graveyard.lock().extend(files);
        Counters::count(&self.counters.compactions, 1);
        Ok(())
    }

    /// Waits until the catalog can say whether the change happened.
    async fn commit_for_certain(&self, change: CatalogChange) -> Result<(), LakeError> {
        let mut pause = std::time::Duration::from_millis(200);
        loop {
            match self.commit(change.clone()).await {
                Ok(()) => return Ok(()),
                Err(error) => {
                    if self.catalog.load().await.is_ok() {
                        return Err(error.into());
                    }
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(std::time::Duration::from_secs(10));
        }
    }
}

/// A file's rows as chunks, each sorted as the file is.
pub(crate) fn read_chunks(bytes: Bytes, chunks: &mut Vec<Arc<Chunk>>) -> Result<(), String> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes)
        .and_then(|builder| builder.with_batch_size(READ_ROWS).build())
        .map_err(|error| error.to_string())?;
    for batch in reader {
        let batch = batch.map_err(|error| error.to_string())?;
        chunks.push(Arc::new(chunk_of(&batch).ok_or("it lacks a column that every lake file has")?));
    }
    Ok(())
}

fn chunk_of(batch: &RecordBatch) -> Option<Chunk> {
    let devices = batch.column_by_name(DEVICE)?.as_string_view_opt()?;
    let ts = batch.column_by_name(TS)?.as_primitive_opt::<TimestampMicrosecondType>()?;
    let seq = batch.column_by_name(SEQ)?.as_primitive_opt::<Int64Type>()?;
    let mut last: (&str, u128) = ("", 0);
    let mut keys = Vec::with_capacity(batch.num_rows());
    for ((device, ts), seq) in devices.iter().zip(ts.values()).zip(seq.values()) {
        let device = device?;
        if last.0 != device {
            last = (device, Uuid::parse_str(device).ok()?.as_u128());
        }
        keys.push(Key { device: last.1, ts: *ts, seq: *seq });
    }
    let own = [DEVICE, TS, SEQ];
    let schema = batch.schema();
    let columns: HashMap<String, ArrayRef> = schema
        .fields()
        .iter()
        .zip(batch.columns())
        .filter(|(field, _)| !own.contains(&field.name().as_str()))
        .map(|(field, column)| (field.name().clone(), Arc::clone(column)))
        .collect();
    let bytes = columns.values().map(|column| column.get_array_memory_size()).sum();
    Some(Chunk::new(keys, columns, bytes))
}
