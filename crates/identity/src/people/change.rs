use model::{Permission, Role, Scope, UserId};
use store::memberships::{self, Member};
use store::{sessions, tenants, users};

use super::PersonView;
use crate::{Error, Identity, Result};

/// `None` keeps what is there.
#[derive(Clone, Copy, Debug, Default)]
pub struct PersonChange {
    pub role: Option<Role>,
    pub suspended: Option<bool>,
}

impl Identity {
    /// Changes a person's role, suspends them or lets them in again. Suspending ends their sessions in this tenant.
    ///
    /// # Errors
    /// [`Error::Denied`], not found, [`Error::LastOwner`], [`Error::OwnAccount`], or the store is out of reach.
    pub async fn change_person(
        &self,
        scope: &Scope,
        user: UserId,
        change: PersonChange,
    ) -> Result<PersonView> {
        scope.require(Permission::ManagePeople)?;
        if change.suspended == Some(true) && scope.user() == Some(user) {
            return Err(Error::OwnAccount);
        }
        let tx = self.store.begin().await?;
        tenants::lock(&tx, scope).await?;
        let before = memberships::find(&tx, scope, user).await?;
        let role = change.role.unwrap_or(before.role);
        let suspended = change.suspended.unwrap_or(before.suspended);
        let was_owner = before.role == Role::Owner && !before.suspended;
        let stays_owner = role == Role::Owner && !suspended;
        if was_owner && !stays_owner && memberships::active_owners(&tx, scope).await? <= 1 {
            return Err(Error::LastOwner);
        }
        memberships::set_role(&tx, scope, user, role).await?;
        memberships::set_suspended(&tx, scope, user, suspended).await?;
        if suspended && !before.suspended {
            let now = self.clock.now();
            sessions::end_all_of_user(&tx, scope, user, None, now, "the person was suspended").await?;
        }
        let membership = memberships::find(&tx, scope, user).await?;
        let person = users::find(&tx, scope, user).await?;
        tx.commit().await?;
        self.alive.forget_user(user);
        tracing::info!(tenant.id = %scope.tenant(), person.id = %user, %role, suspended, "changed a person's standing");
        Ok(Member { membership, email: person.email, name: person.name }.into())
    }
}
