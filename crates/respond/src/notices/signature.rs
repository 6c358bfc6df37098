//! The signature of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, by each secret that is valid.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The header `webhook-signature`. Secrets that are not in the form `whsec_…` sign nothing.
pub fn header<'a>(
    secrets: impl IntoIterator<Item = &'a str>,
    id: &str,
    timestamp: i64,
    body: &str,
) -> String {
    let message = format!("{id}.{timestamp}.{body}");
    let signatures: Vec<String> = secrets
        .into_iter()
        .filter_map(|secret| STANDARD.decode(secret.strip_prefix("whsec_")?).ok())
        .map(|key| format!("v1,{}", STANDARD.encode(hmac_sha256::HMAC::mac(message.as_bytes(), key))))
        .collect();
    signatures.join(" ")
}
