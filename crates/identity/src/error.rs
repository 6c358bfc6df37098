//! What can go wrong with people and their proofs. None of the answers to a stranger tells whether an account exists.

use std::time::Duration;

use model::{Denied, ErrorKind, Explained, Phrase, RateLimit, phrase};
use store::StoreError;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", self.phrase())]
pub enum Error {
    WrongCredentials,
    TooManyAttempts {
        retry_after: Duration,
        limit: RateLimit,
    },
    Busy,
    Suspended,
    NoTenant,
    UnknownTenant,

    BadToken,
    ExpiredToken,
    SessionEnded,
    BadRefreshToken,
    ReusedRefreshToken,

    BadSetupToken,
    AlreadySetUp,
    BadInvitation,

    BadPassword {
        problem: Phrase,
    },
    WrongCurrentPassword,
    BadInput {
        field: &'static str,
        problem: Phrase,
    },
    EmailTaken {
        email: String,
    },
    AlreadyMember {
        email: String,
    },
    LastOwner,
    OwnAccount,
    NotAPerson,

    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Store(#[from] StoreError),
    Internal(String),
}

impl Error {
    pub(crate) const fn bad(field: &'static str, problem: Phrase) -> Self {
        Self::BadInput { field, problem }
    }

    /// After how long a new attempt makes sense: the `Retry-After` of HTTP.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyAttempts { retry_after, .. } => Some(*retry_after),
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
            Self::UnknownTenant => Some("tenant"),
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
            Self::BadInvitation | Self::UnknownTenant => ErrorKind::NotFound,
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
            Self::UnknownTenant => "tenant_not_found",
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

    fn limit(&self) -> Option<RateLimit> {
        match self {
            Self::TooManyAttempts { limit, .. } => Some(*limit),
            _ => None,
        }
    }

    fn phrase(&self) -> Phrase {
        match self {
            Self::WrongCredentials => {
                phrase!("wrong_credentials", "the e-mail address or the password is wrong")
            }
            Self::TooManyAttempts { retry_after, .. } => phrase!(
                "too_many_attempts",
                "there were too many attempts; the next one is possible in {wait_s}",
                wait_s = whole_seconds(*retry_after),
            ),
            Self::Busy => phrase!("sign_in_busy", "too many people are signing in at this moment"),
            Self::Suspended => phrase!("account_suspended", "this account is suspended"),
            Self::NoTenant => {
                phrase!("account_without_tenant", "this account does not belong to any organisation any more")
            }
            Self::UnknownTenant => {
                phrase!("tenant_not_found", "this account belongs to no organisation of that id or name")
            }
            Self::BadToken => {
                phrase!("token_invalid", "the access token cannot be read or was not issued here")
            }
            Self::ExpiredToken => phrase!("token_expired", "the access token has expired"),
            Self::SessionEnded => phrase!("session_ended", "this session has ended"),
            Self::BadRefreshToken => phrase!("refresh_token_invalid", "the refresh token is not valid"),
            Self::ReusedRefreshToken => phrase!(
                "refresh_token_reused",
                "the refresh token was used before, so somebody else may have a copy; the session was ended to be safe",
            ),
            Self::BadSetupToken => phrase!("setup_token_invalid", "the setup link is not valid any more"),
            Self::AlreadySetUp => phrase!("already_set_up", "this installation already has an owner"),
            Self::BadInvitation => phrase!(
                "invitation_invalid",
                "the invitation is not valid any more: it was used, taken back or replaced, or it has expired",
            ),
            Self::BadPassword { problem } | Self::BadInput { problem, .. } => problem.clone(),
            Self::WrongCurrentPassword => {
                phrase!("wrong_current_password", "the current password is wrong")
            }
            Self::EmailTaken { email } => {
                phrase!("email_taken", "somebody with the address {email} exists already", email = email)
            }
            Self::AlreadyMember { email } => {
                phrase!("already_member", "{email} belongs to this organisation already", email = email)
            }
            Self::LastOwner => phrase!(
                "last_owner",
                "this person is the last active owner, and an organisation cannot be without one",
            ),
            Self::OwnAccount => phrase!("own_account", "you cannot suspend yourself"),
            Self::NotAPerson => phrase!("not_a_person", "this needs a person who is signed in"),
            Self::Denied(denied) => denied.phrase(),
            Self::Store(error) => error.phrase(),
            Self::Internal(detail) => Phrase::plain(format!("something went wrong on our side: {detail}")),
        }
    }

    fn hint(&self) -> Option<Phrase> {
        Some(match self {
            Self::WrongCredentials => phrase!(
                "wrong_credentials_hint",
                "check both, also for capital letters in the password; whoever runs this server can give you a new one",
            ),
            Self::TooManyAttempts { .. } => {
                phrase!("too_many_attempts_hint", "wait a little; nothing is locked for good")
            }
            Self::Busy => phrase!("sign_in_busy_hint", "try again in a few seconds"),
            Self::Suspended | Self::NoTenant => {
                phrase!("account_suspended_hint", "an owner of the organisation can let you in again")
            }
            Self::UnknownTenant => {
                phrase!("tenant_not_found_hint", "GET /api/v1/me lists the organisations of your account")
            }
            Self::ExpiredToken => phrase!("token_expired_hint", "get a new one with the refresh token"),
            Self::BadToken | Self::SessionEnded | Self::BadRefreshToken | Self::ReusedRefreshToken => {
                phrase!("sign_in_again", "sign in again")
            }
            Self::BadSetupToken => phrase!(
                "setup_token_invalid_hint",
                "start the server again: it prints a fresh link as long as there is no owner",
            ),
            Self::AlreadySetUp => {
                phrase!("already_set_up_hint", "sign in; or ask an owner for an invitation")
            }
            Self::BadInvitation => phrase!("invitation_invalid_hint", "ask for a new one"),
            Self::BadPassword { .. } => phrase!(
                "password_hint",
                "a few unrelated words make a password that is strong and easy to remember",
            ),
            Self::EmailTaken { .. } => {
                phrase!("email_taken_hint", "use the password of that account, or another address")
            }
            Self::LastOwner => phrase!("last_owner_hint", "make somebody else an owner first"),
            Self::OwnAccount => phrase!("own_account_hint", "another owner can do it"),
            Self::Store(error) => return error.hint(),
            _ => return None,
        })
    }
}

/// The next attempt a moment too early would fail again.
fn whole_seconds(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs() + u64::from(time.subsec_nanos() > 0)).max(Duration::from_secs(1))
}
