//! Who acts, and for which tenant. Every store function takes one first.

use crate::{Denied, DeviceId, Permission, Role, SessionId, TenantId, UserId};

/// Who is behind a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    User {
        id: UserId,
        role: Role,
        session: SessionId,
    },
    Device(DeviceId),
    /// The system itself, with the reason that an audit shows.
    System(&'static str),
}

/// A tenant together with the one who acts in it. It comes from authentication or from [`SystemScope`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    tenant: TenantId,
    actor: Actor,
}

impl Scope {
    /// For authentication code only: the caller has proved who they are.
    #[must_use]
    pub const fn authenticated(tenant: TenantId, actor: Actor) -> Self {
        Self { tenant, actor }
    }

    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The person behind this scope, if it is one.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match self.actor {
            Actor::User { id, .. } => Some(id),
            _ => None,
        }
    }

    /// # Errors
    /// The role behind this scope does not include the permission.
    pub fn require(&self, permission: Permission) -> Result<(), Denied> {
        match &self.actor {
            Actor::System(_) => Ok(()),
            Actor::User { role, .. } if role.allows(permission) => Ok(()),
            Actor::User { role, .. } => Err(Denied { role: role.to_string(), permission }),
            Actor::Device(_) => Err(Denied { role: "device".to_owned(), permission }),
        }
    }
}

/// The system acting across tenants (a reader of the journal, a sign-in that does not know its tenant yet).
#[derive(Clone, Copy, Debug)]
pub struct SystemScope {
    reason: &'static str,
}

impl SystemScope {
    #[must_use]
    pub const fn because(reason: &'static str) -> Self {
        Self { reason }
    }

    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.reason
    }

    /// Narrows to one tenant.
    #[must_use]
    pub const fn within(&self, tenant: TenantId) -> Scope {
        Scope { tenant, actor: Actor::System(self.reason) }
    }
}
