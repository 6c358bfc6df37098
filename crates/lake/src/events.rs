//! A device's security events, newest first, page by page.

use backplane::journal::Offset;
use model::{DeviceId, Timestamp};

#[derive(Clone, Debug, Default)]
pub struct EventsRequest {
    pub device: Option<DeviceId>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// Only events before this journal offset: the last page's smallest.
    pub before: Option<Offset>,
    pub limit: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Where it is in the journal: its identity, and the next page's cursor.
    pub offset: Offset,
    pub device: DeviceId,
    pub ts: Timestamp,
    pub received_at: Timestamp,
    /// The JSON object just as it was sent.
    pub json: String,
}
