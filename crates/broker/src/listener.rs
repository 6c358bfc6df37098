//! Plain TCP.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};

use crate::connection;
use crate::hub::Hub;

const BACKLOG: u32 = 4096;
/// Connections above the limit that are still answered, so that they learn why they are turned away.
const ANSWERED_ABOVE_LIMIT: usize = 256;
/// How long accepting rests when the system has no more descriptors.
const REST: Duration = Duration::from_millis(100);

pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    // Accepted sockets inherit it: clients without a keep-alive of their own are found dead after all.
    socket.set_keepalive(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

pub(crate) async fn run(hub: Arc<Hub>, listener: TcpListener) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = hub.stop.cancelled() => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connections = hub.counters.connections.load(std::sync::atomic::Ordering::Relaxed);
                if connections >= hub.config.max_connections.saturating_add(ANSWERED_ABOVE_LIMIT) {
                    continue;
                }
                // Acknowledgements are small and must not wait for company; without the option they are only later.
                drop(stream.set_nodelay(true));
                hub.tasks.spawn(connection::serve(hub.clone(), stream, peer));
            }
            Err(error) => {
                tracing::warn!(%error, "an MQTT connection could not be accepted");
                tokio::time::sleep(REST).await;
            }
        }
    }
}
