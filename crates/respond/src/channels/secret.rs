//! Secrets of webhooks, in the form of Standard Webhooks: `whsec_` and base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const PREFIX: &str = "whsec_";
const BYTES: usize = 32;

pub fn generate() -> String {
    let key: [u8; BYTES] = rand::random();
    format!("{PREFIX}{}", STANDARD.encode(key))
}
