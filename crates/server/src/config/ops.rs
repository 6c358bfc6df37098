use std::net::SocketAddr;

use super::section::section;

section! {
    /// Health and metrics, on a listener of their own so that they need not be reachable from outside.
    Ops {
        /// Address and port to listen on.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 9090)),
    }
}
