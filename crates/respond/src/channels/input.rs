//! A channel as a person sends it.

use model::{Severity, phrase, text};
use serde::{Deserialize, Serialize};

use crate::error::RespondError;
use crate::notices::Language;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    Email,
    Webhook,
}

impl ChannelKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Webhook => "webhook",
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        if text == "webhook" { Self::Webhook } else { Self::Email }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelInput {
    pub name: String,
    pub kind: ChannelKind,
    /// A mail address, or an http or https URL.
    pub target: String,
    #[serde(default = "lowest")]
    pub min_severity: Severity,
    /// Of the person who makes it, when absent.
    #[serde(default)]
    pub language: Option<Language>,
    #[serde(default = "yes")]
    pub enabled: bool,
}

/// What changes; all that is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelChange {
    pub name: Option<String>,
    pub target: Option<String>,
    pub min_severity: Option<Severity>,
    pub language: Option<Language>,
    pub enabled: Option<bool>,
}

const LONGEST_NAME: usize = 100;

const fn lowest() -> Severity {
    Severity::Informational
}

const fn yes() -> bool {
    true
}

pub(super) fn name(name: &str) -> Result<String, RespondError> {
    match text::line(name, LONGEST_NAME) {
        Ok("") => Err(RespondError::invalid(
            "name",
            phrase!("channel_name_needed", "the channel has no name; say who reads it, such as: Night shift",),
        )),
        Ok(name) => Ok(name.to_owned()),
        Err(problem) => Err(RespondError::invalid("name", problem.phrase())),
    }
}
