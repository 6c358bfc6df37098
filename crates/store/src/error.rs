//! What can go wrong with the store, in the few cases that a caller treats differently.

use model::{ErrorKind, Explained, Phrase, phrase};
use sqlx::error::{DatabaseError, ErrorKind as DbKind};

pub type Result<T, E = StoreError> = std::result::Result<T, E>;

#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", self.phrase())]
pub enum StoreError {
    /// No such row, or it belongs to another tenant; a caller cannot tell which.
    NotFound {
        what: &'static str,
    },
    /// A unique index or a reference refused the row. `what` is the index's name: `<table>_<columns>`.
    Conflict {
        what: String,
    },
    BadCursor,
    /// Its disk is full: nothing was changed, and it goes on by itself once there is room.
    Full {
        detail: String,
    },
    /// Locked for too long, or out of reach: nothing was changed, and a later try can succeed.
    Unavailable {
        detail: String,
    },
    /// PostgreSQL keeps no U+0000. What people write is checked before; this is for what nobody thought of.
    BadText,
    NewerSchema {
        found: i64,
        known: i64,
    },
    BadUrl(String),
    Internal {
        detail: String,
    },
}

impl StoreError {
    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self::Internal { detail: detail.into() }
    }

    /// Whether a unique index of this name refused the row.
    #[must_use]
    pub fn is_conflict(&self, index: &str) -> bool {
        matches!(self, Self::Conflict { what } if what == index)
    }

    #[must_use]
    pub const fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }
}

impl Explained for StoreError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::Conflict { .. } => ErrorKind::Conflict,
            Self::BadCursor | Self::BadText | Self::BadUrl(_) => ErrorKind::Invalid,
            Self::Full { .. } | Self::Unavailable { .. } | Self::NewerSchema { .. } => ErrorKind::Unavailable,
            Self::Internal { .. } => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::Conflict { .. } => "conflict",
            Self::BadCursor => "bad_cursor",
            Self::BadText => "text_not_storable",
            Self::Full { .. } => "store_full",
            Self::Unavailable { .. } => "store_unavailable",
            Self::NewerSchema { .. } => "store_newer_schema",
            Self::BadUrl(_) => "store_bad_url",
            Self::Internal { .. } => "store_internal",
        }
    }

    fn phrase(&self) -> Phrase {
        match self {
            Self::NotFound { what } => missing(what),
            Self::Conflict { what } => {
                phrase!("conflict", "this clashes with what is already there ({what})", what = what)
            }
            Self::BadCursor => phrase!("bad_cursor", "the cursor is not one that this server gave out"),
            Self::BadText => {
                phrase!("text_not_storable", "a text holds a character that cannot be stored (U+0000)")
            }
            Self::Full { detail } => phrase!(
                "store_full",
                "the database's disk is full, so nothing was changed: {detail}",
                detail = detail,
            ),
            Self::Unavailable { detail } => {
                phrase!(
                    "store_unavailable",
                    "the database cannot be used just now: {detail}",
                    detail = detail
                )
            }
            Self::NewerSchema { found, known } => phrase!(
                "store_newer_schema",
                "the database was written by a newer version (schema {found}, this binary knows {known})",
                found = *found,
                known = *known,
            ),
            Self::BadUrl(text) => Phrase::plain(text),
            Self::Internal { detail } => {
                Phrase::plain(format!("the database answered in an unexpected way: {detail}"))
            }
        }
    }

    fn hint(&self) -> Option<Phrase> {
        match self {
            Self::BadCursor => Some(phrase!("bad_cursor_hint", "start again without a cursor")),
            Self::NewerSchema { .. } => Some(phrase!(
                "store_newer_schema_hint",
                "start the newer version of smartsecurity, or restore the backup made before the upgrade",
            )),
            Self::BadUrl(_) => {
                Some(Phrase::plain("use sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE"))
            }
            Self::Full { .. } => Some(phrase!(
                "store_full_hint",
                "free space on the server's disk; it goes on by itself, then send it again",
            )),
            Self::Unavailable { .. } => Some(phrase!(
                "store_unavailable_hint",
                "check the disk's free space and the database, then try again",
            )),
            _ => None,
        }
    }
}

/// What does not exist, by the nouns that callers know.
fn missing(what: &str) -> Phrase {
    match what {
        "device" => phrase!("device_not_found", "there is no such device"),
        "command" => phrase!("command_not_found", "there is no such command"),
        "profile" => phrase!("profile_not_found", "there is no such profile"),
        "rule" => phrase!("rule_not_found", "there is no such rule"),
        "incident" => phrase!("incident_not_found", "there is no such incident"),
        "channel" => phrase!("channel_not_found", "there is no such channel"),
        other => phrase!("not_found", "there is no such {what}", what = other),
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(problem) => from_database(problem.as_ref()),
            sqlx::Error::Io(problem) => Self::Unavailable { detail: problem.to_string() },
            sqlx::Error::PoolTimedOut => {
                Self::Unavailable { detail: "no connection became free in time".to_owned() }
            }
            sqlx::Error::PoolClosed => Self::Unavailable { detail: "it is being closed".to_owned() },
            sqlx::Error::Tls(problem) => Self::Unavailable { detail: problem.to_string() },
            other => Self::internal(other.to_string()),
        }
    }
}

/// PostgreSQL's `character_not_in_repertoire`: our texts are UTF-8, so it can only be U+0000.
const NOT_IN_CHARACTER_SET: &str = "22021";

fn from_database(problem: &dyn DatabaseError) -> StoreError {
    let message = problem.message();
    match problem.kind() {
        DbKind::UniqueViolation => StoreError::Conflict { what: violated_index(problem) },
        DbKind::ForeignKeyViolation => StoreError::Conflict { what: "foreign_key".to_owned() },
        _ if problem.code().as_deref() == Some(NOT_IN_CHARACTER_SET) => StoreError::BadText,
        _ if is_full(problem.code().as_deref()) => StoreError::Full { detail: message.to_owned() },
        _ if is_passing(problem.code().as_deref()) => StoreError::Unavailable { detail: message.to_owned() },
        _ => StoreError::internal(message),
    }
}

/// PostgreSQL names the index; SQLite lists the columns, from which our naming rule makes the same name.
fn violated_index(problem: &dyn DatabaseError) -> String {
    if let Some(name) = problem.constraint() {
        return name.to_owned();
    }
    let columns = problem.message().rsplit(": ").next().unwrap_or_default();
    let mut parts = columns.split(", ").filter_map(|column| column.split_once('.'));
    let Some((table, first)) = parts.next() else { return columns.to_owned() };
    const PRIMARY_KEY: &str = "1555";
    if problem.code().as_deref() == Some(PRIMARY_KEY) {
        return format!("{table}_pkey");
    }
    parts.fold(format!("{table}_{first}"), |name, (_, column)| format!("{name}_{column}"))
}

/// SQLite's own word for it, and PostgreSQL's (`disk_full`).
fn is_full(code: Option<&str>) -> bool {
    matches!(code, Some("13" | "53100"))
}

/// SQLite: busy, locked, I/O error, cannot open, read-only (primary codes; the extended ones keep them in the
/// low byte). PostgreSQL: connection, resources, operator intervention, serialisation and deadlock classes.
fn is_passing(code: Option<&str>) -> bool {
    let Some(code) = code else { return false };
    if code.len() == 5 {
        return ["08", "53", "57", "40"].iter().any(|class| code.starts_with(class));
    }
    code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 14))
}
