//! Carries committed changes of incidents to the journal, in order. A crash between append and forgetting repeats a
//! change: readers of the journal take the same change twice without harm, and would never learn of one that was lost.

use std::sync::Arc;
use std::time::Duration;

use backplane::journal::{Journal, JournalError};
use model::{Body, Record, SystemScope};
use store::Store;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::error::RespondError;
use crate::incidents::{Incidents, Signals};

const AT_ONCE: u32 = 200;
/// Looked at without a signal, too: another node may have left something and died.
const POLL: Duration = Duration::from_secs(5);

pub struct OutboxDrain {
    store: Store,
    signals: Signals,
    journal: Arc<dyn Journal>,
}

impl OutboxDrain {
    #[must_use]
    pub fn new(incidents: &Incidents, journal: Arc<dyn Journal>) -> Self {
        Self { store: incidents.store().clone(), signals: incidents.signals().clone(), journal }
    }

    /// Runs until it is told to stop or the journal is closed.
    pub async fn run(self, stop: CancellationToken) {
        let mut waiting = false;
        loop {
            let pause = match self.drain().await {
                Ok(()) => {
                    waiting = false;
                    POLL
                }
                Err(RespondError::Journal(JournalError::Closed)) => return,
                Err(error) => {
                    // Once for an outage: a line a second would fill a disk that is full already.
                    if !std::mem::replace(&mut waiting, true) {
                        tracing::warn!(%error, "changes of incidents wait for the journal; trying again");
                    }
                    Duration::from_secs(1)
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.signals.outbox.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Appends all that is waiting.
    ///
    /// # Errors
    /// The store or the journal is out of reach; what was not appended is still waiting.
    pub async fn drain(&self) -> Result<(), RespondError> {
        let scope = SystemScope::because("changes of incidents go to the journal");
        loop {
            let rows = store::incidents::pending(&self.store, &scope, AT_ONCE).await?;
            if rows.is_empty() {
                return Ok(());
            }
            let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
            let mut records = Vec::with_capacity(rows.len());
            for row in rows {
                let body = Body::Incident(row.change);
                let record = Record { tenant: row.tenant, device: Some(row.device), at: row.at, body };
                match record.encode() {
                    Ok(bytes) => records.push(bytes),
                    Err(error) => {
                        tracing::error!(%error, "a change of an incident cannot be written to the journal")
                    }
                }
            }
            self.journal.append(records).await?;
            store::incidents::forget(&self.store, &scope, &ids).await?;
        }
    }
}
