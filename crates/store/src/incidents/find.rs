use model::{IncidentId, Scope};

use super::{Incident, SELECT};
use crate::{Db, Result, sql_composed};

/// # Errors
/// [`NotFound`](crate::StoreError::NotFound)
pub async fn find(db: &dyn Db, scope: &Scope, id: IncidentId) -> Result<Incident> {
    sql_composed(format!("{SELECT} WHERE i.tenant_id = $1 AND i.id = $2"))
        .bind(scope.tenant())
        .bind(id)
        .one(db, "incident")
        .await
}
