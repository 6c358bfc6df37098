//! What devices need of the connections that the broker keeps. The server supplies it.

use async_trait::async_trait;
use bytes::Bytes;
use model::{DeviceId, Phrase, TenantId};

/// What became of a message to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Handed to a connection that acknowledges nothing (QoS 0).
    Sent,
    /// On its way: the device acknowledges it, now or when it is back ([`Devices::acknowledged`](crate::Devices)).
    Queued,
    /// The device is not subscribed: it gets the command when it comes back and subscribes, if that is in time.
    NoSubscriber,
}

#[async_trait]
pub trait DeviceLink: Send + Sync + 'static {
    /// Sends a command to a device on its topic `commands/{id}`, at least once. One that is [`Delivery::Queued`] and not
    /// acknowledged yet may be handed over again, and is on its way only once.
    async fn deliver(&self, tenant: TenantId, device: DeviceId, topic: &str, payload: Bytes) -> Delivery;

    /// Ends every live connection of a device, with the reason.
    fn cut(&self, tenant: TenantId, device: DeviceId, reason: Phrase);

    /// The same, and nothing that was kept for the device stays: subscriptions, messages on their way.
    fn forget(&self, tenant: TenantId, device: DeviceId, reason: Phrase);
}

/// No device is ever connected: for tools and tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLink;

#[async_trait]
impl DeviceLink for NoLink {
    async fn deliver(&self, _: TenantId, _: DeviceId, _: &str, _: Bytes) -> Delivery {
        Delivery::NoSubscriber
    }

    fn cut(&self, _: TenantId, _: DeviceId, _: Phrase) {}

    fn forget(&self, _: TenantId, _: DeviceId, _: Phrase) {}
}
