//! What can go wrong with rules, incidents and channels.

use backplane::journal::JournalError;
use detect::RuleError;
use model::{Denied, ErrorKind, Explained};
use store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum RespondError {
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The rule does not compile.
    #[error("{0}")]
    Rule(#[from] RuleError),
    /// A field of the request; the detail says what would be right.
    #[error("{detail}")]
    Invalid { field: &'static str, detail: String },
    #[error(
        "somebody else saved this rule meanwhile: it is at version {current}, and you edited version {edited}"
    )]
    Stale { current: i64, edited: i64 },
    /// The incident's state does not allow it; the detail says why.
    #[error("{detail}")]
    Transition { detail: String, hint: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl RespondError {
    pub(crate) fn invalid(field: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid { field, detail: detail.into() }
    }
}

impl Explained for RespondError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied(_) => ErrorKind::Denied,
            Self::Rule(_) | Self::Invalid { .. } => ErrorKind::Invalid,
            Self::Stale { .. } | Self::Transition { .. } => ErrorKind::Conflict,
            Self::Store(error) => error.kind(),
            Self::Journal(_) => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied(_) => "permission_denied",
            Self::Rule(_) => "rule_invalid",
            Self::Invalid { .. } => "invalid",
            Self::Stale { .. } => "rule_changed_meanwhile",
            Self::Transition { .. } => "incident_state",
            Self::Store(StoreError::NotFound { what: "rule" }) => "rule_not_found",
            Self::Store(StoreError::NotFound { what: "incident" }) => "incident_not_found",
            Self::Store(StoreError::NotFound { what: "channel" }) => "channel_not_found",
            Self::Store(error) => error.code(),
            Self::Journal(_) => "journal_unavailable",
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Rule(error) => error.hint.clone(),
            Self::Stale { .. } => {
                Some("read the rule again, and apply your change to the newer version".to_owned())
            }
            Self::Transition { hint, .. } => Some(hint.clone()),
            Self::Store(error) => error.hint(),
            _ => None,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Rule(error) => error.field,
            Self::Invalid { field, .. } => Some(field),
            _ => None,
        }
    }
}
