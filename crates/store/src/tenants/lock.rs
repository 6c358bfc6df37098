use model::Scope;

use crate::{Result, Tx, sql};

/// Makes others who lock the same tenant wait until this transaction ends. Take it before a decision that depends on
/// several rows ("is there another owner?"): on PostgreSQL two such transactions would otherwise pass each other.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound) when the tenant was deleted.
pub async fn lock(tx: &Tx, scope: &Scope) -> Result<()> {
    sql("UPDATE tenants SET name = name WHERE id = $1")
        .bind(scope.tenant())
        .run(tx)
        .await?
        .or_not_found("tenant")
}
