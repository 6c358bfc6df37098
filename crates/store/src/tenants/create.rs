use model::SystemScope;

use super::Tenant;
use crate::{Db, Result, sql};

/// Adds a tenant. No tenant can exist before, so only the system can.
///
/// # Errors
/// The database is out of reach.
pub async fn create(db: &dyn Db, _: &SystemScope, tenant: &Tenant) -> Result<()> {
    sql("INSERT INTO tenants (id, name, created_at) VALUES ($1, $2, $3)")
        .bind(tenant.id)
        .bind(&tenant.name)
        .bind(tenant.created_at)
        .run(db)
        .await?
        .whatever();
    Ok(())
}
