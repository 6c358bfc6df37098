use std::net::SocketAddr;

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
        /// Live streams that one tenant may have open at a time.
        max_streams_per_tenant: usize = 200,
    }
}
