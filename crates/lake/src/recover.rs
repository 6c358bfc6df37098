//! The start: what the catalog knows becomes the tables, and files that it does not name are swept away.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use backplane::blobs::{Blobs, LocalBlobs};
use backplane::journal::Journal;
use model::Clock;
use parking_lot::{Mutex, RwLock};
use tokio::sync::{Notify, watch};

use crate::files::LiveFile;
use crate::lake::READER;
use crate::state::{Counters, Flushing, Kinds, Shared, Tables};
use crate::{Catalog, DeviceNames, LakeConfig, LakeError};

pub(crate) async fn open(
    config: LakeConfig,
    blobs: PathBuf,
    catalog: Arc<dyn Catalog>,
    journal: Arc<dyn Journal>,
    names: Arc<dyn DeviceNames>,
    clock: Arc<dyn Clock>,
) -> Result<Shared, LakeError> {
    let files_failed = |error: backplane::blobs::BlobError| LakeError::Files(error.to_string());
    let blobs = LocalBlobs::open(blobs).map_err(files_failed)?;
    let state = catalog.load().await?;
    let mut tables = Tables::default();
    let mut kinds = Kinds::new();
    for (tenant, schema) in state.schemas {
        let fields = schema.fields.iter().map(|field| (field.name.clone(), field.kind)).collect();
        kinds.entry(tenant).or_default().insert(schema.table.clone(), fields);
        let name = schema.table.clone();
        tables.table(tenant, &name).columns = crate::columns::Columns::new(schema);
    }
    let mut known = HashSet::new();
    for entry in state.files {
        known.insert(entry.path.clone());
        let table = tables.table(entry.tenant, &entry.table.clone());
        table.files.push(Arc::new(LiveFile::found(entry)));
    }
    for path in blobs.list("lake").await.map_err(files_failed)? {
        if !known.contains(&path) {
            tracing::info!(path, "a lake file that no catalog entry names is removed");
            blobs.delete(&path).await.map_err(files_failed)?;
        }
    }
    // Rows before this offset are in files. It is the catalog's word that counts; the journal's copy only says what
    // may be let go, and is put right here.
    let applied = state.applied.unwrap_or_else(|| journal.first());
    tables.position = applied;
    tables.applied = applied;
    // A journal restored from an older copy may end before it; the reader then goes on at its end.
    journal.commit(READER, applied.min(journal.end())).await?;
    Ok(Shared {
        config,
        blobs,
        catalog,
        journal,
        names,
        clock,
        tables: Mutex::new(tables),
        kinds: RwLock::new(kinds),
        position: watch::Sender::new(applied),
        reading: tokio::sync::Mutex::default(),
        flushing: tokio::sync::Mutex::new(Flushing::default()),
        committing: tokio::sync::Mutex::default(),
        maintaining: tokio::sync::Mutex::default(),
        pressure: Notify::new(),
        relief: Notify::new(),
        graveyard: Mutex::new(Vec::new()),
        counters: Counters::default(),
    })
}
