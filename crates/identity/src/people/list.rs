use model::{Permission, Role, Scope, Timestamp, UserId};
use serde::Serialize;
use store::memberships::{self, Member};
use store::{Page, PageRequest};

use crate::{Identity, Result};

/// A person as the others of their tenant see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonView {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub suspended: bool,
    pub created_at: Timestamp,
    pub last_sign_in_at: Option<Timestamp>,
}

impl From<Member> for PersonView {
    fn from(Member { membership, email, name }: Member) -> Self {
        Self {
            id: membership.user,
            email,
            name,
            role: membership.role,
            suspended: membership.suspended,
            created_at: membership.created_at,
            last_sign_in_at: membership.last_sign_in_at,
        }
    }
}

impl Identity {
    /// The people of the tenant by address. Everybody in it may see them: incidents are assigned to them.
    ///
    /// # Errors
    /// [`Error::Denied`](crate::Error::Denied), a bad cursor, or the store is out of reach.
    pub async fn people(&self, scope: &Scope, page: &PageRequest) -> Result<Page<PersonView>> {
        scope.require(Permission::ReadAll)?;
        Ok(memberships::list(&self.store, scope, page).await?.map(PersonView::from))
    }
}
