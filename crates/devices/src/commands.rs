//! Commands to devices, and their answers.

use model::{CommandId, DeviceId, Timestamp};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CommandStatus {
    /// Accepted; waits for the device.
    Sent,
    /// Handed to the device's connection.
    Delivered,
    Answered,
    /// No answer in time.
    Expired,
}

impl CommandStatus {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Answered => "answered",
            Self::Expired => "expired",
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewCommand {
    /// `[A-Za-z0-9_.-]{1,64}`, such as `reboot`.
    pub name: String,
    /// Any JSON; null when none is given.
    pub params: serde_json::Value,
    /// How long an answer is waited for: 1 second to 7 days, 60 seconds when none is given.
    pub timeout_seconds: Option<u32>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    pub id: CommandId,
    pub device: DeviceId,
    pub name: String,
    pub params: serde_json::Value,
    pub status: CommandStatus,
    /// The device's answer, as sent.
    pub reply: Option<serde_json::Value>,
    /// Who sent it: a user's id, or `system`.
    pub sent_by: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub delivered_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
}
