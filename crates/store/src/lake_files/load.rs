use model::SystemScope;

use super::{LakeFile, LakeSchema};
use crate::{Db, Result, sql};

/// Every file, damaged ones included.
///
/// # Errors
/// The database is out of reach.
pub async fn files(db: &dyn Db, _: &SystemScope) -> Result<Vec<LakeFile>> {
    sql("SELECT id, tenant_id, table_name, day, path, row_count, byte_count, min_ts, max_ts, min_device, max_device,
             checksum, quarantined FROM lake_files ORDER BY tenant_id, table_name, day, id")
    .all(db)
    .await
}

/// # Errors
/// The database is out of reach.
pub async fn schemas(db: &dyn Db, _: &SystemScope) -> Result<Vec<LakeSchema>> {
    sql("SELECT tenant_id, table_name, definition FROM lake_schemas ORDER BY tenant_id, table_name")
        .all(db)
        .await
}

/// The journal offset before which everything is in files. `None` before the first flush.
///
/// # Errors
/// The database is out of reach.
pub async fn progress(db: &dyn Db, _: &SystemScope) -> Result<Option<u64>> {
    let applied: Option<i64> =
        sql("SELECT applied AS n FROM lake_progress WHERE id = 1").optional(db).await?;
    Ok(applied.and_then(|applied| u64::try_from(applied).ok()))
}
