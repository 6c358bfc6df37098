//! A tenant and its first owner.

use model::{Role, TenantId, UserId};
use store::tenants::{self, Tenant};
use store::users::{self, User};
use store::{StoreError, Tx, memberships, setup_tokens};

use crate::password::Verdict;
use crate::profile::{checked_language, checked_name};
use crate::{Error, Identity, Result, SETTING_UP, email, password};

/// Who shall own a new tenant.
#[derive(Clone)]
pub struct NewOwner {
    pub email: String,
    pub password: String,
    /// Without one, the address stands in.
    pub name: Option<String>,
    /// The tenant's name.
    pub tenant: String,
    pub language: Option<String>,
}

/// Checked, and the slow part done, so that the transaction is short.
pub(crate) struct ReadyOwner {
    user: User,
    is_new: bool,
    tenant: String,
}

impl Identity {
    /// Makes a tenant with its owner. Somebody who has an account already gives its password.
    ///
    /// # Errors
    /// [`Error::BadInput`], [`Error::BadPassword`], [`Error::EmailTaken`] (the address exists with another
    /// password), or the store is out of reach.
    pub async fn create_owner(&self, owner: NewOwner) -> Result<(TenantId, UserId)> {
        let ready = self.ready_owner(owner).await?;
        let tx = self.store.begin().await?;
        let made = self.add_owner(&tx, &ready).await?;
        setup_tokens::clear(&tx, &SETTING_UP).await?;
        tx.commit().await?;
        tracing::info!(tenant.id = %made.0, actor.id = %made.1, "a tenant and its owner were made");
        Ok(made)
    }

    pub(crate) async fn ready_owner(&self, owner: NewOwner) -> Result<ReadyOwner> {
        let email = email::checked(&owner.email)?;
        let tenant = checked_name("tenant", &owner.tenant)?;
        if let Some(user) = users::by_email(&self.store, &SETTING_UP, &email).await? {
            return match self.hasher.verify(&owner.password, Some(&user.password_hash)).await? {
                Verdict::Wrong => Err(Error::EmailTaken { email }),
                _ => Ok(ReadyOwner { user, is_new: false, tenant }),
            };
        }
        let name = owner.name.as_deref().filter(|name| !name.trim().is_empty());
        let user = self.new_user(email, name, owner.language.as_deref(), &owner.password).await?;
        Ok(ReadyOwner { user, is_new: true, tenant })
    }

    /// A person who is not stored yet, with everything checked and the password hashed.
    pub(crate) async fn new_user(
        &self,
        email: String,
        name: Option<&str>,
        language: Option<&str>,
        password: &str,
    ) -> Result<User> {
        let name = match name {
            Some(name) => checked_name("name", name)?,
            None => email::local_part(&email).to_owned(),
        };
        let language = checked_language(language.unwrap_or("en"))?;
        password::check(password, &email, &name)?;
        let password_hash = self.hasher.hash(password).await?;
        Ok(User {
            id: UserId::generate(),
            email,
            name,
            language,
            password_hash,
            created_at: self.clock.now(),
        })
    }

    pub(crate) async fn add_owner(&self, tx: &Tx, ready: &ReadyOwner) -> Result<(TenantId, UserId)> {
        let now = self.clock.now();
        let tenant = Tenant { id: TenantId::generate(), name: ready.tenant.clone(), created_at: now };
        tenants::create(tx, &SETTING_UP, &tenant).await?;
        if ready.is_new {
            users::create(tx, &SETTING_UP, &ready.user)
                .await
                .map_err(|error| taken(error, &ready.user.email))?;
        }
        let scope = SETTING_UP.within(tenant.id);
        memberships::add(tx, &scope, ready.user.id, Role::Owner, now).await?;
        Ok((tenant.id, ready.user.id))
    }
}

/// Somebody else took the address between our look and our insert.
pub(crate) fn taken(error: StoreError, email: &str) -> Error {
    if error.is_conflict("users_email") {
        Error::EmailTaken { email: email.to_owned() }
    } else {
        error.into()
    }
}
