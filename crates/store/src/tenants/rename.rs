use model::Scope;

use crate::{Db, Result, sql};

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound) when the tenant was deleted.
pub async fn rename(db: &dyn Db, scope: &Scope, name: &str) -> Result<()> {
    sql("UPDATE tenants SET name = $2 WHERE id = $1")
        .bind(scope.tenant())
        .bind(name)
        .run(db)
        .await?
        .or_not_found("tenant")
}
