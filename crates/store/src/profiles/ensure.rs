use model::{Scope, Timestamp};

use crate::{Db, Result, sql};

/// Makes the profile if it is not there.
///
/// # Errors
/// The database is out of reach.
pub async fn ensure(db: &dyn Db, scope: &Scope, slug: &str, at: Timestamp) -> Result<()> {
    sql("INSERT INTO profiles (tenant_id, slug, created_at) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, slug) DO NOTHING")
        .bind(scope.tenant())
        .bind(slug)
        .bind(at)
        .run(db)
        .await?
        .whatever();
    Ok(())
}
