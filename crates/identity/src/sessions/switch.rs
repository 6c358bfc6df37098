use model::{Scope, phrase};

use crate::{Error, Identity, Origin, Result, Tokens};

impl Identity {
    /// A session in another of the person's tenants, by its id or name. The one that asks goes on.
    ///
    /// # Errors
    /// [`Error::UnknownTenant`], [`Error::Suspended`] (there), [`Error::BadInput`], [`Error::NotAPerson`], or the store
    /// is out of reach.
    pub async fn switch_tenant(&self, scope: &Scope, tenant: &str, origin: &Origin) -> Result<Tokens> {
        let user = scope.user().ok_or(Error::NotAPerson)?;
        if tenant.trim().is_empty() {
            return Err(Error::bad(
                "tenant",
                phrase!("tenant_needed", "say which organisation, by its id or name"),
            ));
        }
        let there = self.membership_to_use(user, Some(tenant)).await?;
        self.start_session(there.tenant, user, there.role, origin).await
    }
}
