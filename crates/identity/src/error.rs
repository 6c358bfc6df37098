//! What can go wrong with people and their proofs. None of the answers to a stranger tells whether an account exists.

use std::time::Duration;

use model::{Denied, ErrorKind, Explained};
use store::StoreError;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    #[error("there were too many attempts; the next one is possible in {}", in_words(*.retry_after))]
    TooManyAttempts { retry_after: Duration },
    #[error("too many people are signing in at this moment")]
    Busy,
    #[error("this account is suspended")]
    Suspended,
    #[error("this account does not belong to any tenant any more")]
    NoTenant,

    #[error("the access token cannot be read or was not issued here")]
    BadToken,
    #[error("the access token has expired")]
    ExpiredToken,
    #[error("this session has ended")]
    SessionEnded,
    #[error("the refresh token is not valid")]
    BadRefreshToken,
    #[error(
        "the refresh token was used before, so somebody else may have a copy; the session was ended to be safe"
    )]
    ReusedRefreshToken,

    #[error("the setup link is not valid any more")]
    BadSetupToken,
    #[error("this installation already has an owner")]
    AlreadySetUp,
    #[error("the invitation is not valid any more: it was used, taken back or replaced, or it has expired")]
    BadInvitation,

    #[error("{problem}")]
    BadPassword { problem: String },
    #[error("the current password is wrong")]
    WrongCurrentPassword,
    #[error("{problem}")]
    BadInput { field: &'static str, problem: String },
    #[error("somebody with the address {email} exists already")]
    EmailTaken { email: String },
    #[error("{email} belongs to this tenant already")]
    AlreadyMember { email: String },
    #[error("this person is the last active owner, and a tenant cannot be without one")]
    LastOwner,
    #[error("you cannot suspend yourself")]
    OwnAccount,
    #[error("this needs a person who is signed in")]
    NotAPerson,

    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("something went wrong on our side: {0}")]
    Internal(String),
}

impl Error {
    pub(crate) fn bad(field: &'static str, problem: impl Into<String>) -> Self {
        Self::BadInput { field, problem: problem.into() }
    }

    /// After how long a new attempt makes sense: the `Retry-After` of HTTP.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyAttempts { retry_after } => Some(*retry_after),
            Self::Busy => Some(Duration::from_secs(2)),
            _ => None,
        }
    }

    /// The field of the input that has to change.
    #[must_use]
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::BadPassword { .. } => Some("password"),
            Self::WrongCurrentPassword => Some("current"),
            Self::BadInput { field, .. } => Some(field),
            Self::EmailTaken { .. } | Self::AlreadyMember { .. } => Some("email"),
            _ => None,
        }
    }
}

impl Explained for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::WrongCredentials
            | Self::BadToken
            | Self::ExpiredToken
            | Self::SessionEnded
            | Self::BadRefreshToken
            | Self::ReusedRefreshToken => ErrorKind::Unauthenticated,
            Self::TooManyAttempts { .. } => ErrorKind::Limited,
            Self::Busy => ErrorKind::Unavailable,
            Self::Suspended | Self::NoTenant | Self::BadSetupToken | Self::NotAPerson | Self::Denied(_) => {
                ErrorKind::Denied
            }
            Self::BadInvitation => ErrorKind::NotFound,
            Self::BadPassword { .. } | Self::WrongCurrentPassword | Self::BadInput { .. } => {
                ErrorKind::Invalid
            }
            Self::AlreadySetUp
            | Self::EmailTaken { .. }
            | Self::AlreadyMember { .. }
            | Self::LastOwner
            | Self::OwnAccount => ErrorKind::Conflict,
            Self::Store(error) => error.kind(),
            Self::Internal(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::WrongCredentials => "wrong_credentials",
            Self::TooManyAttempts { .. } => "too_many_attempts",
            Self::Busy => "sign_in_busy",
            Self::Suspended => "account_suspended",
            Self::NoTenant => "account_without_tenant",
            Self::BadToken => "token_invalid",
            Self::ExpiredToken => "token_expired",
            Self::SessionEnded => "session_ended",
            Self::BadRefreshToken => "refresh_token_invalid",
            Self::ReusedRefreshToken => "refresh_token_reused",
            Self::BadSetupToken => "setup_token_invalid",
            Self::AlreadySetUp => "already_set_up",
            Self::BadInvitation => "invitation_invalid",
            Self::BadPassword { .. } => "password_not_accepted",
            Self::WrongCurrentPassword => "wrong_current_password",
            Self::BadInput { .. } => "invalid_input",
            Self::EmailTaken { .. } => "email_taken",
            Self::AlreadyMember { .. } => "already_member",
            Self::LastOwner => "last_owner",
            Self::OwnAccount => "own_account",
            Self::NotAPerson => "not_a_person",
            Self::Denied(_) => "permission_denied",
            Self::Store(error) => error.code(),
            Self::Internal(_) => "internal",
        }
    }

    fn field(&self) -> Option<&'static str> {
        Self::field(self)
    }

    fn retry_after(&self) -> Option<Duration> {
        Self::retry_after(self)
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::WrongCredentials => {
                "check both, also for capital letters in the password; an owner can invite you again".into()
            }
            Self::TooManyAttempts { .. } => "wait a little; nothing is locked for good".into(),
            Self::Busy => "try again in a few seconds".into(),
            Self::Suspended | Self::NoTenant => "an owner of the tenant can let you in again".into(),
            Self::ExpiredToken => "get a new one with the refresh token".into(),
            Self::BadToken | Self::SessionEnded | Self::BadRefreshToken | Self::ReusedRefreshToken => {
                "sign in again".into()
            }
            Self::BadSetupToken => {
                "start the server again: it prints a fresh link as long as there is no owner".into()
            }
            Self::AlreadySetUp => "sign in; or ask an owner for an invitation".into(),
            Self::BadInvitation => "ask for a new one".into(),
            Self::BadPassword { .. } => {
                "a few unrelated words make a password that is strong and easy to remember".into()
            }
            Self::EmailTaken { .. } => "use the password of that account, or another address".into(),
            Self::LastOwner => "make somebody else an owner first".into(),
            Self::OwnAccount => "another owner can do it".into(),
            Self::Store(error) => return error.hint(),
            _ => return None,
        })
    }
}

fn in_words(time: Duration) -> String {
    let seconds = time.as_millis().div_ceil(1000);
    match seconds {
        0..=1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}
