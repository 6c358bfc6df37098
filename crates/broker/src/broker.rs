//! The broker as its server sees it: start, deliver, disconnect, look, shut down.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use model::{Clock, DeviceId, TenantId, Timestamp};

use crate::{BrokerConfig, Gatekeeper, Intake, Protocol, QoS, SessionStore, SessionStoreError, Transport, Watcher};

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("MQTT cannot listen on {address}: {source}. Another program may use this port; choose one with [mqtt] listen.")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error(transparent)]
    Sessions(#[from] SessionStoreError),
}

/// What became of a message for a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Handed to at least one connection that subscribed to it.
    Sent,
    /// The device is away; it will get it when it comes back.
    Queued,
    /// The device is away or slow, and too much waits for it already.
    QueueFull,
    /// The device has no session that subscribed to this topic.
    NoSubscriber,
}

/// A connection of a device, for people to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionInfo {
    pub client_id: Arc<str>,
    pub protocol: Protocol,
    pub address: SocketAddr,
    pub since: Timestamp,
}

/// Figures since the start, and gauges of now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BrokerStats {
    pub connections: usize,
    pub sessions: usize,
    pub messages_in: u64,
    pub messages_out: u64,
    /// Messages that the gatekeeper or the intake refused.
    pub messages_refused: u64,
    /// Connections that did not get past their handshake.
    pub connections_refused: u64,
    /// Connections that we ended because the client broke a rule.
    pub violations: u64,
    /// Messages that are not durable yet.
    pub unacked_messages: usize,
    pub unacked_bytes: usize,
}

#[derive(Clone)]
pub struct Broker {
    local: SocketAddr,
}

impl Broker {
    pub async fn start(
        config: BrokerConfig,
        gatekeeper: Arc<dyn Gatekeeper>,
        intake: Arc<dyn Intake>,
        watcher: Arc<dyn Watcher>,
        sessions: Arc<dyn SessionStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StartError> {
        let _ = (gatekeeper, intake, watcher, sessions, clock);
        Ok(Self { local: config.listen })
    }
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }
    pub fn attach(&self, stream: impl Transport, peer: SocketAddr) {
        let _ = (stream, peer);
    }
    pub fn deliver(&self, tenant: TenantId, device: DeviceId, topic: &str, payload: Bytes, qos: QoS) -> Delivery {
        let _ = (tenant, device, topic, payload, qos);
        Delivery::NoSubscriber
    }
    pub fn disconnect(&self, tenant: TenantId, device: DeviceId, reason: &str) -> usize {
        let _ = (tenant, device, reason);
        0
    }
    #[must_use]
    pub fn connections(&self, tenant: TenantId, device: DeviceId) -> Vec<ConnectionInfo> {
        let _ = (tenant, device);
        Vec::new()
    }
    #[must_use]
    pub fn stats(&self) -> BrokerStats {
        BrokerStats::default()
    }
    pub async fn shutdown(&self) {}
}
