//! What can go wrong with devices.

use backplane::journal::JournalError;
use model::{Denied, ErrorKind, Explained};
use store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    #[error("there is no such device")]
    NotFound,
    #[error("there is no such command")]
    CommandNotFound,
    /// A field of the request; the detail says what would be right.
    #[error("{detail}")]
    Invalid { field: &'static str, detail: String },
    #[error("{0}")]
    Denied(#[from] Denied),
    #[error(transparent)]
    Store(StoreError),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl DeviceError {
    pub(crate) fn invalid(field: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid { field, detail: detail.into() }
    }
}

impl From<StoreError> for DeviceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { what: "device" } => Self::NotFound,
            StoreError::NotFound { what: "command" } => Self::CommandNotFound,
            other => Self::Store(other),
        }
    }
}

impl Explained for DeviceError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound | Self::CommandNotFound => ErrorKind::NotFound,
            Self::Invalid { .. } => ErrorKind::Invalid,
            Self::Denied(_) => ErrorKind::Denied,
            Self::Store(error) => error.kind(),
            Self::Journal(_) => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "device_not_found",
            Self::CommandNotFound => "command_not_found",
            Self::Invalid { .. } => "device_invalid",
            Self::Denied(_) => "denied",
            Self::Store(error) => error.code(),
            Self::Journal(_) => "journal_unavailable",
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Invalid { field, .. } => Some(field),
            _ => None,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Store(error) => error.hint(),
            Self::Journal(_) => Some("check the disk's free space, then try again".to_owned()),
            _ => None,
        }
    }
}
