//! Brings commands to devices over the broker's connections.

use async_trait::async_trait;
use broker::{Broker, QoS};
use bytes::Bytes;
use devices::{Delivery, DeviceLink};
use model::{DeviceId, Phrase, TenantId};

pub struct BrokerLink(pub Broker);

#[async_trait]
impl DeviceLink for BrokerLink {
    async fn deliver(&self, tenant: TenantId, device: DeviceId, topic: &str, payload: Bytes) -> Delivery {
        match self.0.deliver(tenant, device, topic, payload, QoS::AtLeastOnce) {
            broker::Delivery::SentOnce => Delivery::Sent,
            broker::Delivery::Sent | broker::Delivery::Queued => Delivery::Queued,
            // A full queue is as if nobody had subscribed: it is tried again when the device comes back.
            broker::Delivery::QueueFull | broker::Delivery::NoSubscriber => Delivery::NoSubscriber,
        }
    }

    fn cut(&self, tenant: TenantId, device: DeviceId, reason: Phrase) {
        self.0.disconnect(tenant, device, &reason);
    }

    fn forget(&self, tenant: TenantId, device: DeviceId, reason: Phrase) {
        self.0.forget(tenant, device, &reason);
    }
}
