//! What arrives: who sent it, and the message.

use std::num::NonZeroU32;
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
    /// None for all but MQTT messages above QoS 0: without an identity, a message that comes twice is two messages.
    pub identity: Option<Identity>,
}

/// What MQTT says of a message above QoS 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    pub packet_id: u16,
    /// The client says that it may have sent it before.
    pub dup: bool,
    /// Tells the connection that it came on from the others of its time.
    pub connection: NonZeroU32,
}
