use std::io;

use serde_json::Value as Json;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API refused, and said why.
    #[error("{request}: {status} {code}: {detail}")]
    Problem { request: String, status: u16, code: String, detail: String, body: Json },
    #[error("{request}: {source}")]
    Http { request: String, source: reqwest::Error },
    #[error("the answer to {request} has no {field}")]
    Shape { request: String, field: &'static str },
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
    #[error("{0}")]
    Process(String),
    #[error("{0} did not happen in time")]
    TooLate(String),
}

impl Error {
    /// The API's stable code, if it was a problem.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Problem { code, .. } => Some(code),
            _ => None,
        }
    }

    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Problem { status, .. } => Some(*status),
            _ => None,
        }
    }
}
