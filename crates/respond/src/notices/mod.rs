//! Notices: telling those who must know, in their language, until they were told or it is hopeless.

mod backoff;
mod courier;
pub(crate) mod email;
mod finding;
mod lanes;
mod queue;
mod signature;
mod smtp;
mod webhook;
mod wording;
mod worker;

use std::time::Duration;

use model::{Phrase, phrase};
use serde::{Deserialize, Serialize};

pub(crate) use queue::enqueue_all;
pub use smtp::{SmtpConfig, SmtpTls};
pub use worker::{Notifier, NotifierConfig};

/// What a notice tells of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    Opened,
    /// It became worse.
    Escalated,
    Resolved,
    Reopened,
    /// None: somebody tries the channel.
    Test,
}

impl NoticeKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Escalated => "escalated",
            Self::Resolved => "resolved",
            Self::Reopened => "reopened",
            Self::Test => "test",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "escalated" => Self::Escalated,
            "resolved" => Self::Resolved,
            "reopened" => Self::Reopened,
            "test" => Self::Test,
            _ => Self::Opened,
        }
    }
}

/// The language of a channel's texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    En,
    Fr,
}

impl Language {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        if text == "fr" { Self::Fr } else { Self::En }
    }
}

/// Why a delivery failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub detail: Phrase,
    /// Trying again cannot help.
    pub permanent: bool,
    /// The other side asks not to be tried again before.
    pub retry_after: Option<Duration>,
}

impl Failure {
    const fn passing(detail: Phrase) -> Self {
        Self { detail, permanent: false, retry_after: None }
    }

    const fn permanent(detail: Phrase) -> Self {
        Self { detail, permanent: true, retry_after: None }
    }
}

/// Why mail goes nowhere.
pub(crate) fn no_mail_server() -> Phrase {
    phrase!(
        "no_mail_server",
        "no mail server is configured; set [smtp] in the configuration (host, from, tls) and restart",
    )
}
