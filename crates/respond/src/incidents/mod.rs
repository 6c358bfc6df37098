//! Incidents: findings that belong together, and what people did about them.
//!
//! Every change is one transaction that also leaves its record for the journal and its notices, so that none of the
//! three can happen without the others.

mod assign;
mod bulk;
mod change;
mod consume;
mod reader;

use std::sync::Arc;

use model::{Clock, IncidentId, Scope, phrase};
use store::incidents::{Incident, IncidentCounts, IncidentFilter, TimelineRow};
use store::{Page, PageRequest, Store};
use tokio::sync::Notify;

pub use bulk::{BulkAction, BulkOutcome};
pub use consume::{Consumed, Found};
pub(crate) use reader::Failure;
pub use reader::{FindingReader, READER};

use crate::error::RespondError;

/// How many entries of a timeline are read; an incident with more shows the latest.
const TIMELINE: u32 = 500;

/// Wakes those who carry on what a transaction left behind.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    pub(crate) outbox: Arc<Notify>,
    pub(crate) notices: Arc<Notify>,
}

/// The incidents of all tenants. Cloning shares it.
#[derive(Clone)]
pub struct Incidents {
    store: Store,
    clock: Arc<dyn Clock>,
    signals: Signals,
}

/// An incident with what happened to it, the oldest entry first.
#[derive(Clone, Debug, PartialEq)]
pub struct IncidentDetail {
    pub incident: Incident,
    pub timeline: Vec<TimelineRow>,
}

impl Incidents {
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, signals: Signals::default() }
    }

    pub(crate) const fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) const fn signals(&self) -> &Signals {
        &self.signals
    }

    /// The newest first.
    ///
    /// # Errors
    /// A cursor that is not ours, or the store is out of reach.
    pub async fn list(
        &self,
        scope: &Scope,
        filter: &IncidentFilter,
        page: &PageRequest,
    ) -> Result<Page<Incident>, RespondError> {
        if let Some(status) = filter.status.as_deref()
            && !["open", "acknowledged", "resolved", "active"].contains(&status)
        {
            let detail = phrase!(
                "incident_status_unknown",
                "{status} is no status: use open, acknowledged, resolved, or active for the first two",
                status = status,
            );
            return Err(RespondError::invalid("status", detail));
        }
        Ok(store::incidents::list(&self.store, scope, filter, page).await?)
    }

    /// # Errors
    /// The store is out of reach.
    pub async fn counts(&self, scope: &Scope) -> Result<IncidentCounts, RespondError> {
        Ok(store::incidents::counts(&self.store, scope).await?)
    }

    /// # Errors
    /// There is no such incident in this tenant.
    pub async fn get(&self, scope: &Scope, id: IncidentId) -> Result<IncidentDetail, RespondError> {
        let incident = store::incidents::find(&self.store, scope, id).await?;
        let timeline = store::incidents::timeline(&self.store, scope, id, TIMELINE).await?;
        Ok(IncidentDetail { incident, timeline })
    }
}
