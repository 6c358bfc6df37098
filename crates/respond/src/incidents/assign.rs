//! Who works on an incident.

use model::{IncidentId, Scope, UserId, phrase};
use store::incidents::Incident;

use super::Incidents;
use super::change::Deed;
use crate::error::RespondError;

impl Incidents {
    /// Gives it to a person of the tenant, or to nobody.
    ///
    /// # Errors
    /// The person does not belong to the organisation or is suspended, the incident is resolved or not there, or the role does
    /// not allow it.
    pub async fn assign(
        &self,
        scope: &Scope,
        id: IncidentId,
        to: Option<UserId>,
    ) -> Result<Incident, RespondError> {
        let name = match to {
            None => None,
            Some(user) => Some(self.name_of(scope, user).await?),
        };
        self.change(scope, id, Deed::Assign { to, name: name.as_deref() }).await
    }

    async fn name_of(&self, scope: &Scope, user: UserId) -> Result<String, RespondError> {
        match store::memberships::find(self.store(), scope, user).await {
            Ok(member) if member.suspended => Err(RespondError::invalid(
                "user",
                phrase!("assignee_suspended", "this person is suspended and could not work on it"),
            )),
            Ok(_) => Ok(store::users::find(self.store(), scope, user).await?.name),
            Err(error) if error.is_not_found() => Err(RespondError::invalid(
                "user",
                phrase!("assignee_not_a_member", "this person does not belong to the organisation"),
            )),
            Err(error) => Err(error.into()),
        }
    }
}
