//! The broker as its server sees it: start, deliver, disconnect, look, shut down.

use std::net::SocketAddr;
use std::sync::Arc;

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use model::{Clock, DeviceId, Phrase, TenantId, Timestamp};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::hub::{Counters, Hub, Revocations};
use crate::registry::Registry;
use crate::session::{Kick, Message, Queued, Saver, Session, restore};
use crate::{
    BrokerConfig, Gatekeeper, Intake, Protocol, QoS, SessionStore, SessionStoreError, Transport, Watcher,
};
use crate::{connection, listener, sweep};

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "MQTT cannot listen on {address}: {source}. Another program may use this port; choose one with [mqtt] listen."
    )]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error(transparent)]
    Sessions(#[from] SessionStoreError),
}

/// What became of a message for a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Handed to at least one connection, at QoS 0: nothing more will be heard of it.
    SentOnce,
    /// On its way to at least one connection, which acknowledges it (`Watcher::acknowledged`).
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

/// A running broker. Clones are handles to the same one.
#[derive(Clone)]
pub struct Broker {
    hub: Arc<Hub>,
    local: SocketAddr,
}

/// How long a shutdown waits for connections to settle.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(20);

impl Broker {
    /// Restores stored sessions and begins to listen.
    ///
    /// # Errors
    /// The address cannot be listened on, or the stored sessions cannot be read.
    pub async fn start(
        config: BrokerConfig,
        gatekeeper: Arc<dyn Gatekeeper>,
        intake: Arc<dyn Intake>,
        watcher: Arc<dyn Watcher>,
        sessions: Arc<dyn SessionStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StartError> {
        let address = config.listen;
        let listen_error = |source| StartError::Listen { address, source };
        let listener = listener::bind(address).map_err(listen_error)?;
        let local = listener.local_addr().map_err(listen_error)?;
        let registry = Registry::default();
        for (key, bytes) in sessions.load_all().await? {
            match restore(&bytes, clock.now()) {
                Ok(state) => registry.restore(Session::new(key, state)),
                Err(error) => tracing::error!(
                    tenant.id = %key.tenant, device.id = %key.device, %error,
                    "a stored MQTT session cannot be read; its client starts a new one"
                ),
            }
        }
        let (saver, writer) = Saver::new(sessions);
        tokio::spawn(writer);
        let hub = Arc::new(Hub {
            handshakes: Semaphore::new(config.max_handshakes),
            config,
            gatekeeper,
            intake,
            watcher,
            clock,
            registry,
            saver,
            revocations: Revocations::default(),
            counters: Counters::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        hub.tasks.spawn(sweep::run(hub.clone()));
        hub.tasks.spawn(listener::run(hub.clone(), listener));
        Ok(Self { hub, local })
    }

    /// Where plain TCP connections come in.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Serves a stream that somebody else accepted: TLS after its handshake, WebSocket after its upgrade.
    pub fn attach(&self, stream: impl Transport, peer: SocketAddr) {
        if !self.hub.stop.is_cancelled() {
            self.hub.tasks.spawn(connection::serve(self.hub.clone(), stream, peer));
        }
    }

    /// Brings a message to all sessions of the device that subscribed to its topic, each within its tenant by
    /// construction: there is no index across devices.
    #[must_use]
    pub fn deliver(
        &self,
        tenant: TenantId,
        device: DeviceId,
        topic: &str,
        payload: Bytes,
        qos: QoS,
    ) -> Delivery {
        let message = Message { topic: topic.into(), payload, qos, identifiers: Vec::new() };
        let limits = self.hub.queue_limits();
        let mut best = Delivery::NoSubscriber;
        for session in self.hub.registry.of(tenant, device) {
            let (queued, connected) = {
                let mut state = session.state();
                (state.offer(&message, &limits), state.link.is_some())
            };
            let delivery = match queued {
                None => continue,
                Some(Queued::Full) => Delivery::QueueFull,
                Some(Queued::Once) => {
                    session.wake();
                    Delivery::SentOnce
                }
                Some(Queued::Kept) if connected => {
                    session.wake();
                    Delivery::Sent
                }
                Some(Queued::Kept) => {
                    self.hub.saver.save(&session);
                    Delivery::Queued
                }
            };
            best = best.better_of(delivery);
        }
        best
    }

    /// Ends the device's connections, giving the reason to those that can hear it. Its sessions stay. Returns how many
    /// connections there were. One that is just being set up goes by the gatekeeper again.
    pub fn disconnect(&self, tenant: TenantId, device: DeviceId, reason: &Phrase) -> usize {
        self.hub.revocations.more();
        let sessions = self.hub.registry.of(tenant, device);
        sessions.iter().filter(|session| kick(session, Kick::Administrative(reason.clone()))).count()
    }

    /// Ends the device's connections and its sessions: for a device that is deleted.
    pub fn forget(&self, tenant: TenantId, device: DeviceId, reason: &Phrase) {
        self.hub.revocations.more();
        for session in self.hub.registry.of(tenant, device) {
            session.state().expiry = Duration::ZERO;
            if !kick(&session, Kick::Administrative(reason.clone())) && self.hub.registry.forget(&session) {
                self.hub.saver.save(&session);
            }
        }
    }

    #[must_use]
    pub fn connections(&self, tenant: TenantId, device: DeviceId) -> Vec<ConnectionInfo> {
        let sessions = self.hub.registry.of(tenant, device);
        sessions.iter().filter_map(|session| session.state().link.as_deref().cloned()).collect()
    }

    #[must_use]
    pub fn stats(&self) -> BrokerStats {
        let counters = &self.hub.counters;
        BrokerStats {
            connections: counters.connections.load(Ordering::Relaxed),
            sessions: self.hub.registry.len(),
            messages_in: counters.messages_in.load(Ordering::Relaxed),
            messages_out: counters.messages_out.load(Ordering::Relaxed),
            messages_refused: counters.messages_refused.load(Ordering::Relaxed),
            connections_refused: counters.connections_refused.load(Ordering::Relaxed),
            violations: counters.violations.load(Ordering::Relaxed),
            unacked_messages: counters.unacked_messages.load(Ordering::Relaxed),
            unacked_bytes: counters.unacked_bytes.load(Ordering::Relaxed),
        }
    }

    /// Stops listening, settles and ends all connections, and saves their sessions.
    pub async fn shutdown(&self) {
        self.hub.stop.cancel();
        for session in self.hub.registry.all() {
            kick(&session, Kick::Shutdown);
        }
        self.hub.tasks.close();
        if tokio::time::timeout(SHUTDOWN_PATIENCE, self.hub.tasks.wait()).await.is_err() {
            tracing::warn!(
                "some MQTT connections did not end in time; their clients will repeat what was not acknowledged"
            );
        }
        self.hub.saver.flush().await;
    }
}

impl Delivery {
    const fn better_of(self, other: Self) -> Self {
        if other.rank() > self.rank() { other } else { self }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::NoSubscriber => 0,
            Self::QueueFull => 1,
            Self::Queued => 2,
            Self::Sent => 3,
            // Whoever delivers again would send it twice, so this is what has to be known.
            Self::SentOnce => 4,
        }
    }
}

/// Asks the session's connection to end. Returns whether there is one.
fn kick(session: &Session, kick: Kick) -> bool {
    let mut state = session.state();
    if state.link.is_none() {
        return false;
    }
    state.kick = Some(kick);
    drop(state);
    session.wake();
    true
}
