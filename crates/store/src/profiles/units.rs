use model::{Scope, SystemScope, TenantId};

use crate::{Db, FromRow, Result, Row, sql};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRow {
    pub tenant: TenantId,
    pub slug: String,
    pub field: String,
    pub unit: String,
}

impl FromRow for UnitRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            tenant: row.get("tenant_id")?,
            slug: row.get("slug")?,
            field: row.get("field")?,
            unit: row.get("unit")?,
        })
    }
}

/// Sets the unit of a field, or takes it away.
///
/// # Errors
/// A conflict on `foreign_key` when there is no such profile.
pub async fn set_unit(db: &dyn Db, scope: &Scope, slug: &str, field: &str, unit: Option<&str>) -> Result<()> {
    let statement = match unit {
        Some(unit) => sql("INSERT INTO profile_units (tenant_id, slug, field, unit) VALUES ($1, $2, $3, $4)
                           ON CONFLICT (tenant_id, slug, field) DO UPDATE SET unit = excluded.unit")
        .bind(scope.tenant())
        .bind(slug)
        .bind(field)
        .bind(unit),
        None => sql("DELETE FROM profile_units WHERE tenant_id = $1 AND slug = $2 AND field = $3")
            .bind(scope.tenant())
            .bind(slug)
            .bind(field),
    };
    statement.run(db).await?.whatever();
    Ok(())
}

/// The units of all tenants, for loading the registry on start.
///
/// # Errors
/// The database is out of reach.
pub async fn all_units(db: &dyn Db, _: &SystemScope) -> Result<Vec<UnitRow>> {
    sql("SELECT tenant_id, slug, field, unit FROM profile_units").all(db).await
}
