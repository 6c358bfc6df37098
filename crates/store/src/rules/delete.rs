use model::{RuleId, Scope};

use super::revision::touch;
use crate::{Result, Tx, sql};

/// Its findings and incidents stay.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound)
pub async fn delete(tx: &Tx, scope: &Scope, id: RuleId) -> Result<()> {
    sql("DELETE FROM rules WHERE tenant_id = $1 AND id = $2")
        .bind(scope.tenant())
        .bind(id)
        .run(tx)
        .await?
        .or_not_found("rule")?;
    touch(tx, scope).await
}
