//! Sessions: started by a proof, continued by refresh tokens, listed and ended by their person.

mod end;
mod list;
mod refresh;
mod start;
mod switch;

use serde::Serialize;

pub use list::SessionView;

/// How refresh tokens begin, so that scanners for leaked secrets know one when they see it.
const PREFIX: &str = "ssr_";

/// What a client gets for a proof.
#[derive(Clone, Serialize)]
pub struct Tokens {
    pub access_token: String,
    /// Works once; the answer brings the next one.
    pub refresh_token: String,
    pub token_type: &'static str,
    /// Seconds until the access token expires.
    pub expires_in: u64,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}
