//! Memory into files: written and synced first, then committed to the catalog together with the journal offset they
//! reach, then the journal is told. A crash between any two of these steps loses and doubles nothing: before the
//! commit the files are orphans and the rows are read from the journal again; after it they are the only copy.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use backplane::blobs::Blobs;
use backplane::journal::Offset;
use model::TenantId;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::catalog::{CatalogChange, CatalogError, FileEntry};
use crate::chunk::Chunk;
use crate::encode::{EncodedFile, encode};
use crate::files::LiveFile;
use crate::lake::READER;
use crate::state::{Counters, Flushing, Shared};
use crate::{LakeError, TableSchema};

const TICK: Duration = Duration::from_millis(500);
const FIRST_RETRY: Duration = Duration::from_millis(500);
const LAST_RETRY: Duration = Duration::from_secs(30);

/// What a flush writes of one table.
struct Part {
    tenant: TenantId,
    schema: TableSchema,
    chunks: Vec<Arc<Chunk>>,
}

impl Shared {
    /// Flushes whenever it is due, until `stop`; keeps trying with growing pauses while it fails.
    pub(crate) async fn flush_when_due(&self, stop: &CancellationToken) {
        let mut retry = FIRST_RETRY;
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.pressure.notified() => {}
                () = tokio::time::sleep(TICK) => {}
            }
            if !(self.flush_due() || self.memory_full() || self.is_behind().await) {
                continue;
            }
            match self.flush().await {
                Ok(_) => retry = FIRST_RETRY,
                Err(error) => {
                    tracing::warn!(%error, retry_in = ?retry, "the lake could not write its files; the rows stay in memory and in the journal");
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(retry) => {}
                    }
                    retry = (retry * 2).min(LAST_RETRY);
                }
            }
        }
    }

    /// The journal moved on without rows for us: tell it now and then, so that it can let go of old segments.
    async fn is_behind(&self) -> bool {
        let (position, applied) = {
            let tables = self.tables.lock();
            (tables.position, tables.applied)
        };
        position > applied
            && self.flushing.lock().await.last.is_none_or(|last| last.elapsed() >= self.config.flush_after)
    }

    /// Puts everything in memory into files. Returns the journal offset that files now reach.
    pub(crate) async fn flush(&self) -> Result<Offset, LakeError> {
        let mut flushing = self.flushing.lock().await;
        let done = self.flush_alone(&mut flushing).await;
        *self.counters.flush_error.write() = done.as_ref().err().map(ToString::to_string);
        if done.is_ok() {
            flushing.last = Some(Instant::now());
            self.relief.notify_one();
        }
        done
    }

    async fn flush_alone(&self, flushing: &mut Flushing) -> Result<Offset, LakeError> {
        // An earlier flush whose commit nobody confirmed comes first, unchanged.
        if let Some(change) = flushing.pending.take() {
            self.finish_flush(flushing, change).await?;
        }
        let (parts, applied, before) = self.cut();
        if parts.is_empty() && applied == before {
            return Ok(applied);
        }
        let schemas = parts.iter().map(|part| (part.tenant, part.schema.clone())).collect();
        let encoded = tokio::task::spawn_blocking(move || {
            let files: Result<Vec<_>, _> =
                parts.iter().map(|part| encode(part.tenant, &part.schema, &part.chunks)).collect();
            files.map(|files| files.into_iter().flatten().collect::<Vec<EncodedFile>>())
        });
        let encoded = encoded.await.map_err(|error| LakeError::Files(error.to_string()))?;
        let encoded = encoded.map_err(|error| LakeError::Files(error.to_string()))?;
        let add = self.write(encoded).await?;
        let change = CatalogChange { add, schemas, applied: Some(applied), ..CatalogChange::default() };
        self.finish_flush(flushing, change).await?;
        Ok(applied)
    }

    fn cut(&self) -> (Vec<Part>, Offset, Offset) {
        let mut tables = self.tables.lock();
        let mut parts = Vec::new();
        for (tenant, named) in &mut tables.by_tenant {
            for table in named.values_mut() {
                let chunks = table.cut();
                if !chunks.is_empty() || table.columns.dirty {
                    parts.push(Part { tenant: *tenant, schema: table.columns.schema.clone(), chunks });
                }
            }
        }
        tables.flushing_rows += std::mem::take(&mut tables.rows);
        tables.flushing_bytes += std::mem::take(&mut tables.bytes);
        tables.oldest = None;
        tables.newest = None;
        (parts, tables.position, tables.applied)
    }

    /// Writes the files, or none: what was written before an error is removed.
    pub(crate) async fn write(&self, encoded: Vec<EncodedFile>) -> Result<Vec<FileEntry>, LakeError> {
        let mut written = Vec::with_capacity(encoded.len());
        for file in encoded {
            if let Err(error) = self.blobs.put(&file.entry.path, file.bytes).await {
                self.discard(&written).await;
                return Err(LakeError::Files(error.to_string()));
            }
            written.push(file.entry);
        }
        Ok(written)
    }

    pub(crate) async fn discard(&self, files: &[FileEntry]) {
        for file in files {
            if let Err(error) = self.blobs.delete(&file.path).await {
                tracing::warn!(%error, "an unused lake file stays until the next start");
            }
        }
    }

    async fn finish_flush(&self, flushing: &mut Flushing, change: CatalogChange) -> Result<(), LakeError> {
        if let Err(error) = self.commit(change.clone()).await {
            flushing.pending = Some(change);
            return Err(error.into());
        }
        let applied = change.applied.unwrap_or_default();
        let mut files: HashMap<(TenantId, String), Vec<Arc<LiveFile>>> = HashMap::new();
        for entry in change.add {
            let key = (entry.tenant, entry.table.clone());
            files.entry(key).or_default().push(Arc::new(LiveFile::written(entry)));
        }
        {
            let mut tables = self.tables.lock();
            for (tenant, named) in &mut tables.by_tenant {
                for (name, table) in named {
                    let added = files.remove(&(*tenant, name.clone())).unwrap_or_default();
                    table.flushed(added.into_iter());
                    if change
                        .schemas
                        .iter()
                        .any(|(owner, kept)| owner == tenant && *kept == table.columns.schema)
                    {
                        table.columns.dirty = false;
                    }
                }
            }
            tables.applied = applied;
            tables.flushing_rows = 0;
            tables.flushing_bytes = 0;
        }
        Counters::count(&self.counters.flushes, 1);
        // Only frees the journal's old segments; a replay starts at the catalog's offset whatever this says.
        if let Err(error) = self.journal.commit(READER, applied).await {
            tracing::warn!(%error, "the journal does not know yet how far the lake has read");
        }
        Ok(())
    }

    /// Commits, and knows whether it did: after an error it looks. An error means that it surely did not, or that
    /// the same change must be tried again before any other.
    pub(crate) async fn commit(&self, change: CatalogChange) -> Result<(), CatalogError> {
        let _one = self.committing.lock().await;
        let error = match self.catalog.commit(change.clone()).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let state = self.catalog.load().await?;
        let there = |file: &FileEntry| state.files.iter().any(|kept| kept.id == file.id);
        let offset_there = change.applied.is_none_or(|applied| state.applied == Some(applied));
        let told = !change.add.is_empty() || change.applied.is_some();
        if told && offset_there && change.add.iter().all(there) { Ok(()) } else { Err(error) }
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.counters.paused.load(Ordering::Relaxed)
    }
}
