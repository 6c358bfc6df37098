use std::net::SocketAddr;

use super::ConfigError;
use super::section::section;

section! {
    /// The console and the API.
    Http {
        /// Address and port to listen on.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080)),
        /// How people reach this server from outside, for links in mails and on the connect page
        /// (`https://security.example.com`). Empty: built from `listen`.
        public_url: String = String::new(),
        /// The largest body of a request.
        max_body_bytes: usize = 1024 * 1024,
        /// How long a request may take before it is answered with an error.
        request_timeout_seconds: u64 = 60,
        /// Connections of people and programs at a time, live streams among them. Further ones wait for a place.
        max_connections: usize = 4096,
        /// How long a client may take to send the head of a request. Whoever takes longer is disconnected.
        head_timeout_seconds: u64 = 20,
        /// How long a connection may rest between two requests. A proxy in front should close earlier than this.
        idle_timeout_seconds: u64 = 75,
        /// How long a client may take nothing of an answer before it is disconnected.
        stall_timeout_seconds: u64 = 60,
        /// Live streams that one tenant may have open at a time.
        max_streams_per_tenant: usize = 200,
    }
}

impl Http {
    /// Without a place or without time nobody could be served.
    pub fn check(&self) -> Result<(), ConfigError> {
        for (key, value) in [
            ("http.max_connections", self.max_connections as u64),
            ("http.head_timeout_seconds", self.head_timeout_seconds),
            ("http.idle_timeout_seconds", self.idle_timeout_seconds),
            ("http.stall_timeout_seconds", self.stall_timeout_seconds),
            ("http.request_timeout_seconds", self.request_timeout_seconds),
        ] {
            if value == 0 {
                return Err(ConfigError::wrong(key, "it must be at least 1"));
            }
        }
        Ok(())
    }
}
