//! One connection from its first byte to its last.
//!
//! In a loop: read what is there, check it, hand one batch to the intake, and without waiting for it read on. Batches
//! wait in line until they are durable; then their acknowledgements go out in order. Reading stops while too much
//! waits. An idle connection owns no buffers.
//! It knows one session and what all connections share, and nothing of the other connections.

mod aliases;
mod duplex;
mod ending;
mod handshake;
mod inbound;
mod keep_alive;
mod pipeline;
mod receipt;
mod subscribe;
mod turn;
mod will;

use std::net::SocketAddr;
use std::sync::Arc;

use crate::Transport;
use crate::hub::{Counted, Hub};

/// Serves a connection until it ends.
pub(crate) async fn serve<S: Transport>(hub: Arc<Hub>, stream: S, peer: SocketAddr) {
    let (counted, before) = Counted::new(hub.clone());
    let full = before >= hub.config.max_connections;
    // A future has room for the largest of its states. The handshake and the farewell, which need far more than an
    // idle connection, are boxed, so that their room is free again once they are over.
    if let Some(connection) = Box::pin(handshake::shake_hands(hub, stream, peer, full)).await {
        connection.run().await;
    }
    drop(counted);
}
