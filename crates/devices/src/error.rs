//! What can go wrong with devices.

use backplane::journal::JournalError;
use model::{Denied, ErrorKind, Explained, Phrase, phrase};
use store::StoreError;

#[derive(Debug, thiserror::Error)]
#[error("{}", self.phrase())]
pub enum DeviceError {
    NotFound,
    CommandNotFound,
    /// A field of the request; the detail says what would be right.
    Invalid {
        field: &'static str,
        detail: Phrase,
    },
    Denied(#[from] Denied),
    #[error(transparent)]
    Store(StoreError),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl DeviceError {
    pub(crate) const fn invalid(field: &'static str, detail: Phrase) -> Self {
        Self::Invalid { field, detail }
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

    fn phrase(&self) -> Phrase {
        match self {
            Self::NotFound => phrase!("device_not_found", "there is no such device"),
            Self::CommandNotFound => phrase!("command_not_found", "there is no such command"),
            Self::Invalid { detail, .. } => detail.clone(),
            Self::Denied(denied) => denied.phrase(),
            Self::Store(error) => error.phrase(),
            Self::Journal(error) => error.phrase(),
        }
    }

    fn hint(&self) -> Option<Phrase> {
        match self {
            Self::Store(error) => error.hint(),
            Self::Journal(_) => {
                Some(phrase!("journal_unavailable_hint", "check the disk's free space, then try again"))
            }
            _ => None,
        }
    }
}
