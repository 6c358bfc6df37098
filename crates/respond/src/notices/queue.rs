//! Which channels are told of what.

use model::{Scope, Timestamp};
use store::Tx;
use store::incidents::Incident;

use super::NoticeKind;
use crate::error::RespondError;

/// Queues a notice for every channel that wants to know of an incident this severe, in the transaction of the change.
pub async fn enqueue_all(
    tx: &Tx,
    scope: &Scope,
    incident: &Incident,
    kind: NoticeKind,
    now: Timestamp,
) -> Result<(), RespondError> {
    for channel in store::channels::enabled(tx, scope).await? {
        if incident.severity >= channel.min_severity {
            let what = (kind.as_str(), incident.severity);
            store::notices::enqueue(tx, scope, incident.id, channel.id, what, now).await?;
        }
    }
    Ok(())
}
