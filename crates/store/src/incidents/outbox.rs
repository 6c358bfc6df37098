use model::{DeviceId, IncidentChange, Scope, SystemScope, TenantId, Timestamp};
use uuid::Uuid;

use super::entry_id;
use crate::{Db, FromRow, Result, Row, StoreError, Tx, placeholders, sql, sql_composed};

/// A change that still has to reach the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxRow {
    pub id: Uuid,
    pub tenant: TenantId,
    pub device: DeviceId,
    pub at: Timestamp,
    pub change: IncidentChange,
}

impl FromRow for OutboxRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            tenant: row.get("tenant_id")?,
            device: row.get("device_id")?,
            at: row.get("at")?,
            change: row.json("change")?,
        })
    }
}

/// Leaves a change to be appended to the journal, once this transaction is durable. Call it while the incident is
/// locked: ids rise with time, and so the changes of one incident stay in order.
///
/// # Errors
/// The database is out of reach.
pub async fn push(
    tx: &Tx,
    scope: &Scope,
    device: DeviceId,
    change: &IncidentChange,
    at: Timestamp,
) -> Result<()> {
    let change = serde_json::to_value(change).map_err(|why| StoreError::internal(why.to_string()))?;
    sql("INSERT INTO journal_outbox (id, tenant_id, device_id, at, change) VALUES ($1, $2, $3, $4, $5)")
        .bind(entry_id())
        .bind(scope.tenant())
        .bind(device)
        .bind(at)
        .bind(change)
        .run(tx)
        .await?
        .whatever();
    Ok(())
}

/// The oldest changes of all tenants.
///
/// # Errors
/// The database is out of reach.
pub async fn pending(db: &dyn Db, _: &SystemScope, limit: u32) -> Result<Vec<OutboxRow>> {
    sql("SELECT id, tenant_id, device_id, at, change FROM journal_outbox ORDER BY id LIMIT $1")
        .bind(limit)
        .all(db)
        .await
}

/// They are in the journal now.
///
/// # Errors
/// The database is out of reach.
pub async fn forget(db: &dyn Db, _: &SystemScope, ids: &[Uuid]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let text = format!("DELETE FROM journal_outbox WHERE id IN ({})", placeholders(1, ids.len()));
    ids.iter().fold(sql_composed(text), |statement, id| statement.bind(*id)).run(db).await?.whatever();
    Ok(())
}
