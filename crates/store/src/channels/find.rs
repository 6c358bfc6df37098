use model::{ChannelId, Scope};

use super::{COLUMNS, Channel};
use crate::{Db, Result, sql_composed};

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound)
pub async fn find(db: &dyn Db, scope: &Scope, id: ChannelId) -> Result<Channel> {
    sql_composed(format!("SELECT {COLUMNS} FROM channels WHERE tenant_id = $1 AND id = $2"))
        .bind(scope.tenant())
        .bind(id)
        .one(db, "channel")
        .await
}

/// All of them, the oldest first: a tenant has few.
///
/// # Errors
/// The database is out of reach.
pub async fn list(db: &dyn Db, scope: &Scope) -> Result<Vec<Channel>> {
    sql_composed(format!("SELECT {COLUMNS} FROM channels WHERE tenant_id = $1 ORDER BY created_at, id"))
        .bind(scope.tenant())
        .all(db)
        .await
}

/// Those that are switched on.
///
/// # Errors
/// The database is out of reach.
pub async fn enabled(db: &dyn Db, scope: &Scope) -> Result<Vec<Channel>> {
    sql_composed(format!(
        "SELECT {COLUMNS} FROM channels WHERE tenant_id = $1 AND enabled ORDER BY created_at, id"
    ))
    .bind(scope.tenant())
    .all(db)
    .await
}
