use model::{ChannelId, IncidentId, Scope};

use super::{COLUMNS, Notice};
use crate::{Db, Page, PageRequest, Result, sql_composed};

#[derive(Clone, Debug, Default)]
pub struct NoticeFilter {
    pub incident: Option<IncidentId>,
    pub channel: Option<ChannelId>,
}

/// The newest first.
///
/// # Errors
/// A cursor that is not ours, or the database is out of reach.
pub async fn list(
    db: &dyn Db,
    scope: &Scope,
    filter: &NoticeFilter,
    page: &PageRequest,
) -> Result<Page<Notice>> {
    let after: Option<(i64, String)> = page.after()?;
    let (at, id) = after.unzip();
    let rows = sql_composed(format!(
        "SELECT {COLUMNS} FROM notices
         WHERE tenant_id = $1
           AND (CAST($2 AS TEXT) IS NULL OR incident_id = $2)
           AND (CAST($3 AS TEXT) IS NULL OR channel_id = $3)
           AND (CAST($4 AS BIGINT) IS NULL OR created_at < $4 OR (created_at = $4 AND id < $5))
         ORDER BY created_at DESC, id DESC LIMIT $6"
    ))
    .bind(scope.tenant())
    .bind(filter.incident)
    .bind(filter.channel)
    .bind(at)
    .bind(id)
    .bind(page.probe())
    .all(db)
    .await?;
    Page::of(rows, page, |notice: &Notice| (notice.created_at.as_micros(), notice.id.to_string()))
}
