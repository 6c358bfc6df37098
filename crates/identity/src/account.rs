//! A person's own account.

use model::{Actor, Explained as _, Permission, Role, Scope, TenantId, UserId, phrase};
use serde::Serialize;
use store::{StoreError, memberships, sessions, tenants, users};

use crate::password::Verdict;
use crate::profile::{checked_language, checked_name};
use crate::{Error, Identity, OWN_TENANTS, Origin, Result, SETTING_UP, SIGNING_IN, email, password};

/// Who I am, where, and what I may do.
#[derive(Clone, Debug, Serialize)]
pub struct Me {
    pub user: Person,
    pub tenant: TenantView,
    /// All that let the person in, by name.
    pub tenants: Vec<OwnTenant>,
    pub role: Role,
    /// For the console: what to offer.
    pub permissions: Vec<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Person {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub language: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct TenantView {
    pub id: TenantId,
    pub name: String,
}

/// A tenant that a person belongs to.
#[derive(Clone, Debug, Serialize)]
pub struct OwnTenant {
    pub id: TenantId,
    pub name: String,
    /// The person's role there.
    pub role: Role,
    /// The one that this session is in.
    pub current: bool,
}

/// `None` keeps what is there.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    pub name: Option<String>,
    pub language: Option<String>,
}

impl Identity {
    /// # Errors
    /// [`Error::NotAPerson`], or the store is out of reach.
    pub async fn me(&self, scope: &Scope) -> Result<Me> {
        let &Actor::User { id, role, .. } = scope.actor() else { return Err(Error::NotAPerson) };
        let user = users::find(&self.store, scope, id).await?;
        let tenant = tenants::find(&self.store, scope).await?;
        Ok(Me {
            user: Person { id, email: user.email, name: user.name, language: user.language },
            tenant: TenantView { id: tenant.id, name: tenant.name },
            tenants: self.own_tenants(scope, id).await?,
            role,
            permissions: permissions(role),
        })
    }

    async fn own_tenants(&self, scope: &Scope, user: UserId) -> Result<Vec<OwnTenant>> {
        let places = memberships::places_of_user(&self.store, &OWN_TENANTS, user).await?;
        let own = |place: memberships::Place| OwnTenant {
            id: place.membership.tenant,
            name: place.tenant_name,
            role: place.membership.role,
            current: place.membership.tenant == scope.tenant(),
        };
        let mut tenants: Vec<_> =
            places.into_iter().filter(|place| !place.membership.suspended).map(own).collect();
        tenants.sort_by_cached_key(|tenant| (tenant.name.to_lowercase(), tenant.id));
        Ok(tenants)
    }

    /// # Errors
    /// [`Error::BadInput`], [`Error::NotAPerson`], or the store is out of reach.
    pub async fn update_me(&self, scope: &Scope, change: ProfileChange) -> Result<Me> {
        let user = scope.user().ok_or(Error::NotAPerson)?;
        let name = change.name.as_deref().map(|name| checked_name("name", name)).transpose()?;
        let language = change.language.as_deref().map(checked_language).transpose()?;
        users::update_profile(&self.store, scope, user, name.as_deref(), language.as_deref()).await?;
        self.me(scope).await
    }

    /// Changes the password and ends the person's other sessions, in every tenant.
    ///
    /// # Errors
    /// [`Error::WrongCurrentPassword`], [`Error::BadPassword`], [`Error::TooManyAttempts`], [`Error::NotAPerson`], or
    /// the store is out of reach.
    pub async fn change_password(
        &self,
        scope: &Scope,
        current: &str,
        new: &str,
        origin: &Origin,
    ) -> Result<()> {
        let &Actor::User { id, session, .. } = scope.actor() else { return Err(Error::NotAPerson) };
        let user = users::find(&self.store, scope, id).await?;
        self.throttle_account(&user.email, origin).await?;
        if self.hasher.verify(current, Some(&user.password_hash)).await? == Verdict::Wrong {
            return Err(Error::WrongCurrentPassword);
        }
        self.forgive_account(&user.email, origin).await;
        if current == new {
            return Err(Error::bad(
                "new",
                phrase!("password_unchanged", "this is the password that you have already"),
            ));
        }
        password::check(new, &user.email, &user.name).map_err(|error| Error::bad("new", error.phrase()))?;
        let hash = self.hasher.hash(new).await?;
        let now = self.clock.now();
        let tx = self.store.begin().await?;
        users::set_password_hash(&tx, scope, id, &hash).await?;
        for membership in memberships::of_user(&tx, &SIGNING_IN, id).await? {
            let there = SIGNING_IN.within(membership.tenant);
            sessions::end_all_of_user(&tx, &there, id, Some(session), now, "the password was changed")
                .await?;
        }
        tx.commit().await?;
        self.alive.forget_user(id);
        tracing::info!(tenant.id = %scope.tenant(), actor.id = %id, "changed their password");
        Ok(())
    }

    /// Gives a person who forgot theirs a new password and ends all their sessions. For whoever runs the server: an owner
    /// of one tenant may not do it, because the account may belong to others, too.
    ///
    /// # Errors
    /// Not found when nobody has the address; [`Error::BadPassword`], or the store is out of reach.
    pub async fn set_password(&self, email: &str, new: &str) -> Result<UserId> {
        let email = email::checked(email)?;
        let user = users::by_email(&self.store, &SETTING_UP, &email).await?;
        let user = user.ok_or(StoreError::NotFound { what: "person" })?;
        password::check(new, &user.email, &user.name)?;
        let hash = self.hasher.hash(new).await?;
        let now = self.clock.now();
        let tx = self.store.begin().await?;
        for membership in memberships::of_user(&tx, &SETTING_UP, user.id).await? {
            let there = SETTING_UP.within(membership.tenant);
            users::set_password_hash(&tx, &there, user.id, &hash).await?;
            sessions::end_all_of_user(&tx, &there, user.id, None, now, "the password was set anew").await?;
        }
        tx.commit().await?;
        self.alive.forget_user(user.id);
        tracing::info!(actor.id = %user.id, "a person's password was set anew from the command line");
        Ok(user.id)
    }

    /// # Errors
    /// [`Error::Denied`], [`Error::BadInput`], or the store is out of reach.
    pub async fn rename_tenant(&self, scope: &Scope, name: &str) -> Result<()> {
        scope.require(Permission::ManageSettings)?;
        tenants::rename(&self.store, scope, &checked_name("tenant", name)?).await?;
        Ok(())
    }
}

fn permissions(role: Role) -> Vec<&'static str> {
    let all = [
        (Permission::ReadAll, "read_all"),
        (Permission::ManageDevices, "manage_devices"),
        (Permission::SendCommands, "send_commands"),
        (Permission::ManageRules, "manage_rules"),
        (Permission::HandleIncidents, "handle_incidents"),
        (Permission::ManageSettings, "manage_settings"),
        (Permission::ManagePeople, "manage_people"),
    ];
    all.into_iter().filter(|(permission, _)| role.allows(*permission)).map(|(_, name)| name).collect()
}
