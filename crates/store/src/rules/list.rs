use model::{Scope, Timestamp};

use super::{COLUMNS, RuleWithStats, STATS};
use crate::{Db, Page, PageRequest, Result, contains_pattern, sql_composed};

/// Which rules; all that is `None` does not restrict.
#[derive(Clone, Debug, Default)]
pub struct RuleFilter {
    /// Within name or description.
    pub search: Option<String>,
    pub kind: Option<String>,
    pub enabled: Option<bool>,
}

/// The newest first, each with its findings since `since`.
///
/// # Errors
/// A cursor that is not ours, or the database is out of reach.
pub async fn list(
    db: &dyn Db,
    scope: &Scope,
    filter: &RuleFilter,
    since: Timestamp,
    page: &PageRequest,
) -> Result<Page<RuleWithStats>> {
    let after: Option<(i64, String)> = page.after()?;
    let (at, id) = after.unzip();
    let rows = sql_composed(format!(
        "SELECT {COLUMNS}, {STATS} FROM rules r
         WHERE r.tenant_id = $1
           AND (CAST($3 AS TEXT) IS NULL OR LOWER(r.name) LIKE $3 ESCAPE '!' OR LOWER(r.description) LIKE $3 ESCAPE '!')
           AND (CAST($4 AS TEXT) IS NULL OR r.kind = $4)
           AND (CAST($5 AS BOOLEAN) IS NULL OR r.enabled = $5)
           AND (CAST($6 AS BIGINT) IS NULL OR r.created_at < $6 OR (r.created_at = $6 AND r.id < $7))
         ORDER BY r.created_at DESC, r.id DESC LIMIT $8"
    ))
    .bind(scope.tenant())
    .bind(since)
    .bind(filter.search.as_deref().map(contains_pattern))
    .bind(filter.kind.as_deref())
    .bind(filter.enabled)
    .bind(at)
    .bind(id)
    .bind(page.probe())
    .all(db)
    .await?;
    Page::of(rows, page, |row: &RuleWithStats| (row.rule.created_at.as_micros(), row.rule.id.to_string()))
}
