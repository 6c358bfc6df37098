//! The parts of one catalog change. They are made in one transaction, or the lake would lose or double rows: hence
//! [`Tx`], not any database.

use model::SystemScope;
use uuid::Uuid;

use super::{LakeFile, LakeSchema};
use crate::{Result, Tx, sql};

/// # Errors
/// A conflict when the file is there already.
pub async fn add(tx: &Tx, _: &SystemScope, file: &LakeFile) -> Result<()> {
    sql(
        "INSERT INTO lake_files (id, tenant_id, table_name, day, path, row_count, byte_count, min_ts, max_ts,
             min_device, max_device, checksum, quarantined)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(file.id)
    .bind(file.tenant)
    .bind(&file.table)
    .bind(file.day)
    .bind(&file.path)
    .bind(file.rows)
    .bind(file.bytes)
    .bind(file.min_ts)
    .bind(file.max_ts)
    .bind(file.min_device)
    .bind(file.max_device)
    .bind(file.checksum)
    .bind(file.quarantined.clone())
    .run(tx)
    .await?
    .whatever();
    Ok(())
}

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound) when it is not there: whoever replaces a file must know that it was.
pub async fn remove(tx: &Tx, _: &SystemScope, file: Uuid) -> Result<()> {
    sql("DELETE FROM lake_files WHERE id = $1").bind(file).run(tx).await?.or_not_found("lake file")
}

/// Keeps a damaged file out of queries. It may have been replaced meanwhile.
///
/// # Errors
/// The database is out of reach.
pub async fn quarantine(tx: &Tx, _: &SystemScope, file: Uuid, reason: &str) -> Result<()> {
    sql("UPDATE lake_files SET quarantined = $2 WHERE id = $1")
        .bind(file)
        .bind(reason)
        .run(tx)
        .await?
        .whatever();
    Ok(())
}

/// # Errors
/// The database is out of reach.
pub async fn save_schema(tx: &Tx, _: &SystemScope, schema: &LakeSchema) -> Result<()> {
    sql("INSERT INTO lake_schemas (tenant_id, table_name, definition) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, table_name) DO UPDATE SET definition = excluded.definition")
    .bind(schema.tenant)
    .bind(&schema.table)
    .bind(&schema.definition)
    .run(tx)
    .await?
    .whatever();
    Ok(())
}

/// # Errors
/// The database is out of reach.
pub async fn save_progress(tx: &Tx, _: &SystemScope, applied: u64) -> Result<()> {
    sql("INSERT INTO lake_progress (id, applied) VALUES (1, $1)
         ON CONFLICT (id) DO UPDATE SET applied = excluded.applied")
    .bind(applied)
    .run(tx)
    .await?
    .whatever();
    Ok(())
}
