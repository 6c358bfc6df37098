use model::{RuleId, Scope, SystemScope, Timestamp};

use super::{COLUMNS, Rule, RuleWithStats, STATS};
use crate::{Db, Result, sql_composed};

/// A rule, with its findings since `since`.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound)
pub async fn find(db: &dyn Db, scope: &Scope, id: RuleId, since: Timestamp) -> Result<RuleWithStats> {
    sql_composed(format!("SELECT {COLUMNS}, {STATS} FROM rules r WHERE r.tenant_id = $1 AND r.id = $3"))
        .bind(scope.tenant())
        .bind(since)
        .bind(id)
        .one(db, "rule")
        .await
}

/// The enabled rules of all tenants, for the detector.
///
/// # Errors
/// The database is out of reach.
pub async fn enabled(db: &dyn Db, _: &SystemScope) -> Result<Vec<Rule>> {
    sql_composed(format!("SELECT {COLUMNS} FROM rules r WHERE r.enabled ORDER BY r.id")).all(db).await
}
