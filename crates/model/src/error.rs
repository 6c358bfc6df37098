//! The eight kinds that every domain error maps to; one place in `api` maps kinds to HTTP.

use crate::Phrase;

/// What went wrong, as far as a caller needs to tell cases apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The input cannot be right; the detail says what to change. (400/422)
    Invalid,
    /// Nobody is signed in, or the proof is wrong. (401)
    Unauthenticated,
    /// Signed in, but not allowed. (403)
    Denied,
    /// It does not exist, or belongs to another tenant. (404)
    NotFound,
    /// It clashes with what is already there. (409)
    Conflict,
    /// Too many or too much. (429/413)
    Limited,
    /// A part that we need is down or full; trying later can help. (503)
    Unavailable,
    /// Our fault. (500)
    Internal,
}

/// The limit that a refused request ran into, for clients that pace themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Names it: letters and hyphens.
    pub policy: &'static str,
    pub quota: Quota,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    /// So many in every window of so many seconds.
    PerWindow { most: u64, seconds: u64 },
    /// So many at the same time.
    AtOnce { most: u64 },
    /// One request may use so many of this unit, and asking again does not help.
    PerRequest { most: u64, unit: &'static str },
}

/// An error that can be shown to a caller.
pub trait Explained: std::error::Error {
    fn kind(&self) -> ErrorKind;

    /// Stable, `snake_case`, for programs: `device_not_found`.
    fn code(&self) -> &'static str;

    /// What went wrong, in the caller's terms. It can be finer than the code, which stays what it is.
    fn phrase(&self) -> Phrase;

    /// What to do next, when there is something.
    fn hint(&self) -> Option<Phrase> {
        None
    }

    /// The field of the input that has to change, when it is one.
    fn field(&self) -> Option<&'static str> {
        None
    }

    /// The limit that was reached, when it is one.
    fn limit(&self) -> Option<RateLimit> {
        None
    }

    /// After how long another attempt makes sense, when that is known.
    fn retry_after(&self) -> Option<std::time::Duration> {
        None
    }
}
