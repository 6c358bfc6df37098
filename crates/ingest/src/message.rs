//! What arrives: who sent it, and the message.

use std::sync::Arc;

use bytes::Bytes;
use model::{DeviceId, TenantId};

/// The authenticated sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub tenant: TenantId,
    pub device: DeviceId,
    /// Slug of the device's profile.
    pub profile: Arc<str>,
}

/// One message, as the device sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub topic: Arc<str>,
    pub payload: Bytes,
    /// Packet id and DUP flag of an MQTT message above QoS 0. None for all else: without an identity, a message
    /// that comes twice is two messages.
    pub identity: Option<(u16, bool)>,
}
