//! Limits. The defaults suit a server for some 100,000 devices; none of them can be exceeded by a client.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct BrokerConfig {
    /// Where plain TCP connections come in; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The largest packet that a client may send, header included.
    pub max_packet_bytes: u32,
    /// From the first byte of a connection to the end of its handshake.
    pub connect_timeout: Duration,
    /// The longest keep-alive that MQTT 5 clients are granted; older ones keep their own.
    pub keep_alive_max: Duration,
    /// The longest time that a session outlives its connection.
    pub session_expiry_max: Duration,
    pub max_connections: usize,
    /// Connections that may be in their handshake at a time; password checks cost.
    pub max_handshakes: usize,
    /// Sessions, connected or not, of one device.
    pub max_sessions_per_device: usize,
    pub max_subscriptions_per_session: usize,
    /// Unacknowledged QoS 1 and 2 messages that an MQTT 5 client may have (its Receive Maximum).
    pub receive_maximum: u16,
    /// Topic aliases that a client may use.
    pub topic_alias_maximum: u16,
    /// Reading from a connection stops while this many of its messages wait to become durable…
    pub unacked_messages: usize,
    /// …or this many bytes.
    pub unacked_bytes: usize,
    /// While all connections together wait for more than this, each may have only one batch waiting.
    pub unacked_bytes_total: usize,
    /// Unacknowledged messages towards a client, unless it wants fewer.
    pub outbound_window: u16,
    /// Messages that wait for a session, connected or not…
    pub queue_messages: usize,
    /// …and their bytes.
    pub queue_bytes: usize,
    /// How long a new connection waits for its predecessor's last messages to become durable.
    pub drain_timeout: Duration,
    /// How often ended sessions are looked for.
    pub sweep_interval: Duration,
}

impl Default for BrokerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 1883)),
            max_packet_bytes: 256 * 1024,
            connect_timeout: Duration::from_secs(10),
            keep_alive_max: Duration::from_secs(3600),
            session_expiry_max: Duration::from_secs(7 * 24 * 3600),
            max_connections: 100_000,
            max_handshakes: 1_000,
            max_sessions_per_device: 16,
            max_subscriptions_per_session: 64,
            receive_maximum: 1024,
            topic_alias_maximum: 32,
            unacked_messages: 2048,
            unacked_bytes: 1024 * 1024,
            unacked_bytes_total: 256 * 1024 * 1024,
            outbound_window: 64,
            queue_messages: 1000,
            queue_bytes: 1024 * 1024,
            drain_timeout: Duration::from_secs(10),
            sweep_interval: Duration::from_secs(10),
        }
    }
}
