//! What all connections share.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

use model::Clock;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::registry::Registry;
use crate::session::{Limits, Saver};
use crate::{BrokerConfig, Gatekeeper, Intake, Watcher};

/// How many times connections of some device were ended by order. Whoever is admitted in one count and takes its seat
/// in another may have been admitted with what is not valid any more, and is asked again.
#[derive(Default)]
pub(crate) struct Revocations(AtomicU64);

impl Revocations {
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Called before the connections that are there are looked up: a connection either is found there, or finds the
    /// new count here.
    pub(crate) fn more(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

pub(crate) struct Hub {
    pub config: BrokerConfig,
    pub gatekeeper: Arc<dyn Gatekeeper>,
    pub intake: Arc<dyn Intake>,
    pub watcher: Arc<dyn Watcher>,
    pub clock: Arc<dyn Clock>,
    pub registry: Registry,
    pub saver: Saver,
    pub revocations: Revocations,
    pub counters: Counters,
    /// Permits to ask the gatekeeper.
    pub handshakes: Semaphore,
    pub stop: CancellationToken,
    pub tasks: TaskTracker,
}

#[derive(Default)]
pub(crate) struct Counters {
    pub connections: AtomicUsize,
    /// Connections that there ever were; wraps around.
    pub numbered: AtomicU32,
    pub messages_in: AtomicU64,
    pub messages_out: AtomicU64,
    pub messages_refused: AtomicU64,
    pub connections_refused: AtomicU64,
    pub violations: AtomicU64,
    pub unacked_messages: AtomicUsize,
    pub unacked_bytes: AtomicUsize,
}

impl Hub {
    /// A number that tells a connection from the others of its time.
    pub(crate) fn number_connection(&self) -> NonZeroU32 {
        let number = self.counters.numbered.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
    }

    pub(crate) const fn queue_limits(&self) -> Limits {
        Limits { messages: self.config.queue_messages, bytes: self.config.queue_bytes }
    }
}

/// One more connection for as long as it lives.
pub(crate) struct Counted(Arc<Hub>);

impl Counted {
    /// The connection, and how many there were before it.
    pub(crate) fn new(hub: Arc<Hub>) -> (Self, usize) {
        let before = hub.counters.connections.fetch_add(1, Ordering::Relaxed);
        (Self(hub), before)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.counters.connections.fetch_sub(1, Ordering::Relaxed);
    }
}
