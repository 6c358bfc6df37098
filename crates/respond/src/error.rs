//! What can go wrong with rules, incidents and channels.

use backplane::journal::JournalError;
use detect::RuleError;
use model::{Denied, ErrorKind, Explained, Phrase, phrase};
use store::StoreError;

#[derive(Debug, thiserror::Error)]
#[error("{}", self.phrase())]
pub enum RespondError {
    Denied(#[from] Denied),
    /// The rule does not compile.
    Rule(#[from] RuleError),
    /// A field of the request; the detail says what would be right.
    Invalid {
        field: &'static str,
        detail: Phrase,
    },
    Stale {
        current: i64,
        edited: i64,
    },
    /// The incident's state does not allow it; the detail says why.
    Transition {
        detail: Phrase,
        hint: Phrase,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl RespondError {
    pub(crate) const fn invalid(field: &'static str, detail: Phrase) -> Self {
        Self::Invalid { field, detail }
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

    fn phrase(&self) -> Phrase {
        match self {
            Self::Denied(denied) => denied.phrase(),
            Self::Rule(error) => error.phrase(),
            Self::Invalid { detail, .. } | Self::Transition { detail, .. } => detail.clone(),
            Self::Stale { current, edited } => phrase!(
                "rule_changed_meanwhile",
                "somebody else saved this rule meanwhile: it is at version {current}, and you edited version {edited}",
                current = *current,
                edited = *edited,
            ),
            Self::Store(error) => error.phrase(),
            Self::Journal(error) => error.phrase(),
        }
    }

    fn hint(&self) -> Option<Phrase> {
        match self {
            Self::Rule(error) => error.hint.clone(),
            Self::Stale { .. } => Some(phrase!(
                "rule_changed_meanwhile_hint",
                "read the rule again, and apply your change to the newer version",
            )),
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
