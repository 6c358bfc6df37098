use model::{Scope, SystemScope};

use crate::{Db, Result, Tx, sql};

/// Tells every detector that a tenant's rules changed.
pub(super) async fn touch(tx: &Tx, scope: &Scope) -> Result<()> {
    sql("INSERT INTO rule_revisions (tenant_id, revision) VALUES ($1, 1)
         ON CONFLICT (tenant_id) DO UPDATE SET revision = rule_revisions.revision + 1")
    .bind(scope.tenant())
    .run(tx)
    .await?
    .whatever();
    Ok(())
}

/// Rises whenever any tenant's rules change.
///
/// # Errors
/// The database is out of reach.
pub async fn revision(db: &dyn Db, _: &SystemScope) -> Result<i64> {
    sql("SELECT COALESCE(CAST(SUM(revision) AS BIGINT), 0) AS n FROM rule_revisions")
        .one(db, "revision")
        .await
}
