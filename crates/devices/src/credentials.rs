//! What a device proves itself with: made here, shown once, kept as a hash.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A device's user name and password. The password is 32 random bytes, so a plain hash of it is as strong as it is:
/// there is nothing to guess that stretching could slow down, and a device may connect a thousand times a second.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub username: String,
    pub password: String,
}

impl Credentials {
    pub(crate) fn generate() -> Self {
        Self { username: format!("d-{}", random_text::<9>()), password: random_text::<32>() }
    }

    /// A new password for the same name.
    pub(crate) fn renew(username: String) -> Self {
        Self { username, password: random_text::<32>() }
    }

    pub(crate) fn hash(&self) -> PasswordHash {
        PasswordHash::of(self.password.as_bytes())
    }
}

/// Never prints the password.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

fn random_text<const N: usize>() -> String {
    let mut bytes = [0_u8; N];
    rand::fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// SHA-256 of a password.
#[derive(Clone, Copy)]
pub(crate) struct PasswordHash([u8; 32]);

impl PasswordHash {
    pub fn of(password: &[u8]) -> Self {
        Self(Sha256::digest(password).into())
    }

    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub fn from_text(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// As the store keeps it.
    pub fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Takes the same time wherever the two differ.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).fold(0, |difference, (one, two)| difference | (one ^ two)) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_are_never_the_same() {
        let (one, two) = (Credentials::generate(), Credentials::generate());
        assert_ne!(one, two);
        assert_eq!(one.password.len(), 43);
        assert!(one.hash().matches(&PasswordHash::of(one.password.as_bytes())));
        assert!(!one.hash().matches(&two.hash()));
        assert!(PasswordHash::from_text(&one.hash().to_text()).unwrap().matches(&one.hash()));
    }

    #[test]
    fn a_password_is_not_printed() {
        let credentials = Credentials::generate();
        assert!(!format!("{credentials:?}").contains(&credentials.password));
    }
}
