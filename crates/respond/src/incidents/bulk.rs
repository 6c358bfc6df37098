//! The same deed on many incidents, each on its own: one that cannot be changed does not keep the others.

use model::{IncidentId, Scope, UserId, phrase};

use super::Incidents;
use crate::error::RespondError;

const MOST: usize = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkAction {
    Acknowledge,
    Assign(Option<UserId>),
    Resolve,
    Reopen,
}

#[derive(Debug)]
pub struct BulkOutcome {
    pub id: IncidentId,
    pub result: Result<(), RespondError>,
}

impl Incidents {
    /// # Errors
    /// There are too many at once. What goes wrong with one of them is in its outcome.
    pub async fn bulk(
        &self,
        scope: &Scope,
        ids: &[IncidentId],
        action: BulkAction,
        note: Option<&str>,
    ) -> Result<Vec<BulkOutcome>, RespondError> {
        if ids.len() > MOST {
            return Err(RespondError::invalid(
                "ids",
                phrase!(
                    "too_many_incidents",
                    "{count} incidents are more than {most} at once",
                    count = ids.len(),
                    most = MOST,
                ),
            ));
        }
        let mut outcomes = Vec::with_capacity(ids.len());
        for &id in ids {
            let result = match action {
                BulkAction::Acknowledge => self.acknowledge(scope, id).await,
                BulkAction::Assign(user) => self.assign(scope, id, user).await,
                BulkAction::Resolve => self.resolve(scope, id, note).await,
                BulkAction::Reopen => self.reopen(scope, id, note).await,
            };
            outcomes.push(BulkOutcome { id, result: result.map(drop) });
        }
        Ok(outcomes)
    }
}
