//! One newtype per entity over UUIDv7, so that a device's id can never be passed where a tenant's is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh id, ordered by its time of creation (UUIDv7).
            #[must_use]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }

            /// The id as the sixteen bytes of its UUID.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }
    };
}

id!(
    /// A customer of the installation; the boundary that no query crosses.
    TenantId
);
id!(
    /// A person who signs in.
    UserId
);
id!(
    /// One sign-in of one person: the family of refresh tokens that descend from it.
    SessionId
);
id!(
    /// A connected device.
    DeviceId
);
id!(
    /// A detection rule.
    RuleId
);
id!(
    /// One match of a rule. Derived from its rule, device and cause, so that replaying the journal makes the same id.
    FindingId
);
id!(
    /// An incident: findings that belong together, and what people did about them.
    IncidentId
);
id!(
    /// A place that notices are sent to: a mailbox or a webhook.
    ChannelId
);
id!(
    /// A command sent to a device.
    CommandId
);
