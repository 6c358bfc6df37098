//! The door for devices: MQTT 3.1.1 and 5.0 sessions over any byte stream.
//!
//! In: connections, and messages for devices through [`Broker::deliver`]. Out: batches of published messages to an
//! [`Intake`], in the order in which each client sent them.
//! Invariant: a message is acknowledged only after the intake said that it is durable, and a session belongs to one
//! tenant and one device, so that no client can see, take over or address another's.
//! It does not know who devices are ([`Gatekeeper`]), what messages mean ([`Intake`]), nor SQL, HTTP or the journal.

mod broker;
mod config;
mod connection;
mod gate;
mod hub;
mod intake;
mod listener;
mod registry;
mod session;
mod sweep;
mod topics;
mod transport;
mod watcher;
mod wire;

pub use broker::{Broker, BrokerStats, ConnectionInfo, Delivery, StartError};
pub use config::BrokerConfig;
pub use gate::{Client, Decision, Gatekeeper, Hello, Protocol, Refusal, RefusalCode};
pub use intake::{Denied, Inbound, Intake, Outcome, RefusedReason, Unavailable};
pub use session::{MemorySessionStore, SessionChange, SessionKey, SessionStore, SessionStoreError};
pub use topics::{FilterError, TopicError, check_filter, check_topic, matches};
pub use transport::Transport;
pub use watcher::{Departure, Violation, Watcher};
pub use wire::QoS;
