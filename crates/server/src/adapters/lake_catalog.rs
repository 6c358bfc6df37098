//! The lake's catalog on the store: each change is one transaction.

use async_trait::async_trait;
use lake::{Catalog, CatalogChange, CatalogError, CatalogState, FileEntry, FileId};
use model::SystemScope;
use store::lake_files::{self, LakeFile, LakeSchema};
use store::{Store, StoreError};

const SYSTEM: SystemScope = SystemScope::because("the lake keeps the files of all tenants");

pub struct LakeCatalog {
    store: Store,
}

impl LakeCatalog {
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl Catalog for LakeCatalog {
    async fn load(&self) -> Result<CatalogState, CatalogError> {
        let files = lake_files::files(&self.store, &SYSTEM).await.map_err(failed)?;
        let schemas = lake_files::schemas(&self.store, &SYSTEM).await.map_err(failed)?;
        let applied = lake_files::progress(&self.store, &SYSTEM).await.map_err(failed)?;
        let schemas = schemas.into_iter().map(|schema| {
            let definition = serde_json::from_str(&schema.definition);
            definition.map(|definition| (schema.tenant, definition)).map_err(|error| CatalogError {
                detail: format!("the definition of table {} cannot be read: {error}", schema.table),
            })
        });
        Ok(CatalogState {
            files: files.into_iter().map(entry).collect(),
            schemas: schemas.collect::<Result<_, _>>()?,
            applied,
        })
    }

    async fn commit(&self, change: CatalogChange) -> Result<(), CatalogError> {
        let tx = self.store.begin().await.map_err(failed)?;
        for file in &change.remove {
            lake_files::remove(&tx, &SYSTEM, file.0).await.map_err(failed)?;
        }
        for file in change.add {
            lake_files::add(&tx, &SYSTEM, &row(file)).await.map_err(failed)?;
        }
        for quarantine in &change.quarantine {
            lake_files::quarantine(&tx, &SYSTEM, quarantine.file.0, &quarantine.reason)
                .await
                .map_err(failed)?;
        }
        for (tenant, schema) in &change.schemas {
            let definition =
                serde_json::to_string(schema).map_err(|error| CatalogError { detail: error.to_string() })?;
            let schema = LakeSchema { tenant: *tenant, table: schema.table.clone(), definition };
            lake_files::save_schema(&tx, &SYSTEM, &schema).await.map_err(failed)?;
        }
        if let Some(applied) = change.applied {
            lake_files::save_progress(&tx, &SYSTEM, applied).await.map_err(failed)?;
        }
        tx.commit().await.map_err(failed)
    }
}

fn row(file: FileEntry) -> LakeFile {
    LakeFile {
        id: file.id.0,
        tenant: file.tenant,
        table: file.table,
        day: file.day.into(),
        path: file.path,
        rows: file.rows,
        bytes: file.bytes,
        min_ts: file.min_ts,
        max_ts: file.max_ts,
        min_device: file.min_device,
        max_device: file.max_device,
        checksum: file.checksum.into(),
        quarantined: file.quarantined,
    }
}

fn entry(file: LakeFile) -> FileEntry {
    FileEntry {
        id: FileId(file.id),
        tenant: file.tenant,
        table: file.table,
        day: i32::try_from(file.day).unwrap_or_default(),
        path: file.path,
        rows: file.rows,
        bytes: file.bytes,
        min_ts: file.min_ts,
        max_ts: file.max_ts,
        min_device: file.min_device,
        max_device: file.max_device,
        checksum: u32::try_from(file.checksum).unwrap_or_default(),
        quarantined: file.quarantined,
    }
}

fn failed(error: StoreError) -> CatalogError {
    CatalogError { detail: error.to_string() }
}
