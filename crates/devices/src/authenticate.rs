//! Who is connecting: the hot path of every MQTT handshake and every HTTP message.

use std::sync::Arc;

use model::{DeviceId, TenantId};

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
    WrongPassword { of: Identity },
    /// No device has this user name.
    Unknown,
}

impl Authentication {
    /// The sentence for whoever was not let in. It never says whether a user name exists.
    #[must_use]
    pub const fn explanation(&self) -> &'static str {
        match self {
            Self::Known(_) => "welcome",
            Self::WrongPassword { .. } | Self::Unknown => {
                "the user name or password is not right. Use the credentials shown when the device was added; new \
                 ones can be made on the device's page."
            }
        }
    }
}
