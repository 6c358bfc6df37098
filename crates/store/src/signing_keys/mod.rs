//! The keys that sign access tokens. They belong to the installation, not to a tenant.

use std::fmt;

use model::{SystemScope, Timestamp};

use crate::{Db, FromRow, Result, Row, sql};

#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    pub kid: String,
    /// PKCS #8 document of the Ed25519 key pair.
    pub private_key: Vec<u8>,
    /// The raw 32 bytes of the public key.
    pub public_key: Vec<u8>,
    pub created_at: Timestamp,
    /// Published before it signs, so that verifiers have it in time.
    pub signs_from: Timestamp,
}

impl FromRow for SigningKey {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            kid: row.get("kid")?,
            private_key: row.get("private_key")?,
            public_key: row.get("public_key")?,
            created_at: row.get("created_at")?,
            signs_from: row.get("signs_from")?,
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// # Errors
/// A conflict on `signing_keys_pkey` when the key is there already.
pub async fn add(db: &dyn Db, _: &SystemScope, key: &SigningKey) -> Result<()> {
    sql("INSERT INTO signing_keys (kid, private_key, public_key, created_at, signs_from) VALUES ($1, $2, $3, $4, $5)")
        .bind(&key.kid)
        .bind(key.private_key.as_slice())
        .bind(key.public_key.as_slice())
        .bind(key.created_at)
        .bind(key.signs_from)
        .run(db)
        .await?
        .whatever();
    Ok(())
}

/// Every key, the one that signs last first.
///
/// # Errors
/// The database is out of reach.
pub async fn list(db: &dyn Db, _: &SystemScope) -> Result<Vec<SigningKey>> {
    sql("SELECT kid, private_key, public_key, created_at, signs_from FROM signing_keys
         ORDER BY signs_from DESC, kid")
    .all(db)
    .await
}

/// Removes a key: tokens that it signed are refused from now on.
///
/// # Errors
/// [`NotFound`](crate::StoreError::NotFound)
pub async fn remove(db: &dyn Db, _: &SystemScope, kid: &str) -> Result<()> {
    sql("DELETE FROM signing_keys WHERE kid = $1").bind(kid).run(db).await?.or_not_found("signing key")
}
