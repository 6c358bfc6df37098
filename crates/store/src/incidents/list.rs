use model::{DeviceId, RuleId, Scope, Severity, UserId};

use super::{Incident, SELECT};
use crate::{Db, Page, PageRequest, Result, contains_pattern, sql_composed};

/// Which incidents; all that is `None` does not restrict.
#[derive(Clone, Debug, Default)]
pub struct IncidentFilter {
    /// `open`, `acknowledged`, `resolved`, or `active` for the first two.
    pub status: Option<String>,
    pub severity: Option<Severity>,
    pub device: Option<DeviceId>,
    pub rule: Option<RuleId>,
    pub assignee: Option<UserId>,
    /// Within title, rule or device name, or `#number`.
    pub search: Option<String>,
}

/// The newest first.
///
/// # Errors
/// A cursor that is not ours, or the database is out of reach.
pub async fn list(
    db: &dyn Db,
    scope: &Scope,
    filter: &IncidentFilter,
    page: &PageRequest,
) -> Result<Page<Incident>> {
    let before: Option<i64> = page.after()?;
    let search = filter.search.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let number = search.and_then(|text| text.trim_start_matches('#').parse::<i64>().ok());
    let rows = sql_composed(format!(
        "{SELECT}
         WHERE i.tenant_id = $1
           AND (CAST($2 AS TEXT) IS NULL OR i.status = $2 OR ($2 = 'active' AND i.status <> 'resolved'))
           AND (CAST($3 AS TEXT) IS NULL OR i.severity = $3)
           AND (CAST($4 AS TEXT) IS NULL OR i.device_id = $4)
           AND (CAST($5 AS TEXT) IS NULL OR i.rule_id = $5)
           AND (CAST($6 AS TEXT) IS NULL OR i.assignee_id = $6)
           AND (CAST($7 AS TEXT) IS NULL OR i.number = $8 OR LOWER(i.title) LIKE $7 ESCAPE '!'
                OR LOWER(i.rule_name) LIKE $7 ESCAPE '!' OR LOWER(d.name) LIKE $7 ESCAPE '!')
           AND (CAST($9 AS BIGINT) IS NULL OR i.number < $9)
         ORDER BY i.number DESC LIMIT $10"
    ))
    .bind(scope.tenant())
    .bind(filter.status.as_deref())
    .bind(filter.severity)
    .bind(filter.device)
    .bind(filter.rule)
    .bind(filter.assignee)
    .bind(search.map(contains_pattern))
    .bind(number)
    .bind(before)
    .bind(page.probe())
    .all(db)
    .await?;
    Page::of(rows, page, |incident: &Incident| incident.number)
}
