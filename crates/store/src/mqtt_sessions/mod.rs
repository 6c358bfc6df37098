//! Persistent MQTT sessions, keyed by tenant, device and client id: no tenant can take over another's. Their state is
//! opaque bytes of the broker.

use model::{DeviceId, Scope, SystemScope, TenantId, Timestamp};

use crate::{Db, FromRow, Result, Row, sql};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MqttSession {
    pub tenant: TenantId,
    pub device: DeviceId,
    pub client_id: String,
    pub state: Vec<u8>,
    pub saved_at: Timestamp,
    /// `None`: it never expires.
    pub expires_at: Option<Timestamp>,
}

impl FromRow for MqttSession {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            tenant: row.get("tenant_id")?,
            device: row.get("device_id")?,
            client_id: row.get("client_id")?,
            state: row.get("state")?,
            saved_at: row.get("saved_at")?,
            expires_at: row.get("expires_at")?,
        })
    }
}

/// # Errors
/// A conflict on `foreign_key` when the tenant was deleted.
pub async fn save(
    db: &dyn Db,
    scope: &Scope,
    device: DeviceId,
    client_id: &str,
    state: &[u8],
    now: Timestamp,
    expires_at: Option<Timestamp>,
) -> Result<()> {
    sql("INSERT INTO mqtt_sessions (tenant_id, device_id, client_id, state, saved_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, device_id, client_id) DO UPDATE SET state = excluded.state,
             saved_at = excluded.saved_at, expires_at = excluded.expires_at")
    .bind(scope.tenant())
    .bind(device)
    .bind(client_id)
    .bind(state)
    .bind(now)
    .bind(expires_at)
    .run(db)
    .await?
    .whatever();
    Ok(())
}

/// The session, unless there is none or it expired.
///
/// # Errors
/// The database is out of reach.
pub async fn load(
    db: &dyn Db,
    scope: &Scope,
    device: DeviceId,
    client_id: &str,
    now: Timestamp,
) -> Result<Option<MqttSession>> {
    sql("SELECT tenant_id, device_id, client_id, state, saved_at, expires_at FROM mqtt_sessions
         WHERE tenant_id = $1 AND device_id = $2 AND client_id = $3 AND (expires_at IS NULL OR expires_at > $4)")
    .bind(scope.tenant())
    .bind(device)
    .bind(client_id)
    .bind(now)
    .optional(db)
    .await
}

/// Every live session of every tenant: the broker takes them up again when it starts.
///
/// # Errors
/// The database is out of reach.
pub async fn list_all(db: &dyn Db, _: &SystemScope, now: Timestamp) -> Result<Vec<MqttSession>> {
    sql("SELECT tenant_id, device_id, client_id, state, saved_at, expires_at FROM mqtt_sessions
         WHERE expires_at IS NULL OR expires_at > $1 ORDER BY tenant_id, device_id, client_id")
    .bind(now)
    .all(db)
    .await
}

/// Forgets a session; there may be none.
///
/// # Errors
/// The database is out of reach.
pub async fn delete(db: &dyn Db, scope: &Scope, device: DeviceId, client_id: &str) -> Result<()> {
    sql("DELETE FROM mqtt_sessions WHERE tenant_id = $1 AND device_id = $2 AND client_id = $3")
        .bind(scope.tenant())
        .bind(device)
        .bind(client_id)
        .run(db)
        .await?
        .whatever();
    Ok(())
}

/// Forgets what expired.
///
/// # Errors
/// The database is out of reach.
pub async fn prune(db: &dyn Db, _: &SystemScope, now: Timestamp) -> Result<u64> {
    Ok(sql("DELETE FROM mqtt_sessions WHERE expires_at <= $1").bind(now).run(db).await?.rows)
}
