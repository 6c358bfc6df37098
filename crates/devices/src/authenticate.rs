//! Who is connecting: the hot path of every MQTT handshake and every HTTP message.

use std::sync::Arc;

use model::{DeviceId, Phrase, TenantId, phrase};

use crate::Devices;
use crate::credentials::PasswordHash;
use crate::directory::Entry;

/// A device, as far as everything behind the door needs to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub tenant: TenantId,
    pub device: DeviceId,
    pub profile: Arc<str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authentication {
    Known(Identity),
    /// The device exists, but this is not its password: worth a Problem of this device.
    WrongPassword {
        of: Identity,
    },
    /// No device has this user name.
    Unknown,
}

impl Authentication {
    /// The sentence for whoever was not let in. It never says whether a user name exists.
    #[must_use]
    pub fn explanation(&self) -> Phrase {
        match self {
            Self::Known(_) => phrase!("welcome", "welcome"),
            Self::WrongPassword { .. } | Self::Unknown => phrase!(
                "device_credentials_wrong",
                "the user name or password is not right. Use the credentials shown when the device was added; new ones can be made on the device's page.",
            ),
        }
    }
}

impl From<&Entry> for Identity {
    fn from(entry: &Entry) -> Self {
        Self { tenant: entry.tenant, device: entry.id, profile: entry.profile.clone() }
    }
}

impl Devices {
    /// Who comes with this user name and password. Never touches the disk. `password` is None or empty when the user
    /// name is the password (access tokens).
    #[must_use]
    pub fn authenticate(&self, username: &str, password: Option<&[u8]>) -> Authentication {
        let Some(password) = password.filter(|password| !password.is_empty()) else {
            // A name alone: either a token, or a device that forgot its password.
            return match self.authenticate_token(username.as_bytes()) {
                Authentication::Unknown => {
                    self.inner.directory.by_username(username).map_or(Authentication::Unknown, |entry| {
                        Authentication::WrongPassword { of: entry.as_ref().into() }
                    })
                }
                known => known,
            };
        };
        let Some(entry) = self.inner.directory.by_username(username) else { return Authentication::Unknown };
        let of = Identity::from(entry.as_ref());
        if entry.password.matches(&PasswordHash::of(password)) {
            Authentication::Known(of)
        } else {
            Authentication::WrongPassword { of }
        }
    }

    /// Who has this password, for access and Bearer tokens. Looking up a hash of 256 random bits gives nothing away.
    #[must_use]
    pub fn authenticate_token(&self, token: &[u8]) -> Authentication {
        let hash = PasswordHash::of(token);
        match self.inner.directory.by_password(&hash) {
            Some(entry) if entry.password.matches(&hash) => Authentication::Known(entry.as_ref().into()),
            _ => Authentication::Unknown,
        }
    }
}
