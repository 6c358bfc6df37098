use model::Scope;

use super::CommandRow;
use crate::{Db, Result, sql};

/// Adds a command to the scope's tenant.
///
/// # Errors
/// The database is out of reach.
pub async fn create(db: &dyn Db, scope: &Scope, command: &CommandRow) -> Result<()> {
    sql("INSERT INTO commands (id, tenant_id, device_id, name, params, status, sent_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(command.id)
    .bind(scope.tenant())
    .bind(command.device)
    .bind(&command.name)
    .bind(&command.params)
    .bind(&command.status)
    .bind(&command.sent_by)
    .bind(command.created_at)
    .bind(command.expires_at)
    .run(db)
    .await?
    .whatever();
    Ok(())
}
