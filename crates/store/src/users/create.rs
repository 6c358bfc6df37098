use model::SystemScope;

use super::User;
use crate::{Db, Result, sql};

/// Adds a person, who belongs nowhere yet.
///
/// # Errors
/// A conflict on `users_email` when somebody has this address already.
pub async fn create(db: &dyn Db, _: &SystemScope, user: &User) -> Result<()> {
    sql("INSERT INTO users (id, email, name, language, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(user.id)
        .bind(&user.email)
        .bind(&user.name)
        .bind(&user.language)
        .bind(&user.password_hash)
        .bind(user.created_at)
        .run(db)
        .await?
        .whatever();
    Ok(())
}
