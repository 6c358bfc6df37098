use model::{ChannelId, Scope};

use crate::{Db, Result, sql};

/// With the record of what was sent there.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound)
pub async fn delete(db: &dyn Db, scope: &Scope, id: ChannelId) -> Result<()> {
    sql("DELETE FROM channels WHERE tenant_id = $1 AND id = $2")
        .bind(scope.tenant())
        .bind(id)
        .run(db)
        .await?
        .or_not_found("channel")
}
