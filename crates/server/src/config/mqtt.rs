use std::net::SocketAddr;

use super::section::section;

section! {
    /// The door for devices.
    Mqtt {
        /// Address and port to listen on.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 1883)),
        /// Host name that devices reach this server by, for the connect page. Empty: the host of `http.public_url`.
        public_host: String = String::new(),
        /// The largest MQTT packet; a larger one is refused and its sender told why.
        max_packet_bytes: u32 = 256 * 1024,
        /// Devices that may be connected at a time.
        max_connections: usize = 100_000,
    }
}
