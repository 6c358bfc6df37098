use model::{SystemScope, TenantId};

use crate::{Db, FromRow, Result, Row, sql};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileRow {
    pub tenant: TenantId,
    pub slug: String,
}

impl FromRow for ProfileRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { tenant: row.get("tenant_id")?, slug: row.get("slug")? })
    }
}

/// The profiles of all tenants, for loading the registry on start.
///
/// # Errors
/// The database is out of reach.
pub async fn all(db: &dyn Db, _: &SystemScope) -> Result<Vec<ProfileRow>> {
    sql("SELECT tenant_id, slug FROM profiles ORDER BY tenant_id, slug").all(db).await
}
