//! Random tokens that people and clients hold; we keep their hashes only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Longer than any token of ours: what is longer is not looked at.
const MAX: usize = 128;

/// 256 random bits as text, with a prefix that tells scanners for leaked secrets what they found.
pub(crate) fn token(prefix: &str) -> String {
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes()))
}

pub(crate) fn bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes);
    bytes
}

/// What is stored of a token. A token has 256 bits of its own, so a plain hash is as good as a slow one.
pub(crate) fn hash(token: &str) -> String {
    if token.len() > MAX {
        return String::new();
    }
    hex::encode(Sha256::digest(token))
}

/// The token after `token` in a chain. The same two give the same answer, and neither alone leads to it: not the
/// database without a token, nor a token without the database. The outer hash keeps the inner from being extended.
pub(crate) fn next_in_chain(prefix: &str, secret: &[u8], token: &str) -> String {
    let inner = Sha256::new().chain_update(secret).chain_update(token).finalize();
    let outer = Sha256::new().chain_update(secret).chain_update(inner).finalize();
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(outer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_repeatable_but_not_guessable() {
        let first = token("x_");
        assert_ne!(first, token("x_"));
        assert_eq!(next_in_chain("x_", b"s", &first), next_in_chain("x_", b"s", &first));
        assert_ne!(next_in_chain("x_", b"s", &first), next_in_chain("x_", b"t", &first));
        assert_eq!(first.len(), next_in_chain("x_", b"s", &first).len());
    }

    #[test]
    fn a_huge_token_matches_nothing() {
        assert_eq!(hash(&"x".repeat(1000)), "");
    }
}
