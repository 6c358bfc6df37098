//! What can go wrong in the lake, with the next step for whoever asked.

use std::time::Duration;

use model::{ErrorKind, Explained, Phrase, Quota, RateLimit, phrase};

use crate::CatalogError;
use crate::query::SHARE;

/// The lake itself cannot go on as it is.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.phrase())]
pub enum LakeError {
    Catalog(#[from] CatalogError),
    Files(String),
    Journal(#[from] backplane::journal::JournalError),
    Engine(String),
    UnknownTable(String),
    UnknownField { table: String, field: String },
}

impl Explained for LakeError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Catalog(_) | Self::Files(_) | Self::Journal(_) => ErrorKind::Unavailable,
            Self::Engine(_) => ErrorKind::Internal,
            Self::UnknownTable(_) | Self::UnknownField { .. } => ErrorKind::NotFound,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Catalog(_) | Self::Files(_) | Self::Journal(_) => "lake_unavailable",
            Self::Engine(_) => "lake_engine",
            Self::UnknownTable(_) => "table_unknown",
            Self::UnknownField { .. } => "field_unknown",
        }
    }

    fn phrase(&self) -> Phrase {
        match self {
            Self::Catalog(error) => {
                phrase!("lake_catalog", "the lake's catalog: {error}", error = error.to_string())
            }
            Self::Files(error) => phrase!("lake_files", "the lake's files: {error}", error = error),
            Self::Journal(error) => phrase!("lake_journal", "the journal: {error}", error = error.phrase()),
            Self::Engine(error) => Phrase::plain(format!("the lake's query engine did not start: {error}")),
            Self::UnknownTable(table) => {
                phrase!("table_unknown", "there is no table \"{table}\"", table = table)
            }
            Self::UnknownField { table, field } => phrase!(
                "field_unknown",
                "table \"{table}\" has no field \"{field}\"",
                table = table,
                field = field,
            ),
        }
    }
}

/// About what a query takes.
const RETRY: Duration = Duration::from_secs(2);

/// A query was not answered.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", self.phrase())]
pub enum QueryError {
    /// It does not parse or does not fit the tables.
    Invalid {
        detail: Phrase,
        hint: Option<Phrase>,
    },
    NotReadOnly {
        detail: Phrase,
    },
    UnknownTable {
        table: String,
        hint: Phrase,
    },
    UnknownColumn {
        column: String,
        hint: Phrase,
    },
    /// Planning it would take more than one query may have.
    TooComplex {
        detail: Phrase,
        hint: Phrase,
    },
    /// Its tenant's other queries have to end first.
    Busy {
        waiting: usize,
    },
    TooSlow {
        limit: Duration,
    },
    TooLarge {
        limit: usize,
    },
    /// Files are damaged or the disk does not answer.
    Unavailable {
        detail: Phrase,
    },
    Internal {
        detail: String,
    },
}

impl Explained for QueryError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid { .. }
            | Self::NotReadOnly { .. }
            | Self::UnknownTable { .. }
            | Self::UnknownColumn { .. }
            | Self::TooComplex { .. } => ErrorKind::Invalid,
            Self::Busy { .. } | Self::TooSlow { .. } | Self::TooLarge { .. } => ErrorKind::Limited,
            Self::Unavailable { .. } => ErrorKind::Unavailable,
            Self::Internal { .. } => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "query_invalid",
            Self::NotReadOnly { .. } => "query_not_read_only",
            Self::UnknownTable { .. } => "table_unknown",
            Self::UnknownColumn { .. } => "column_unknown",
            Self::TooComplex { .. } => "query_too_complex",
            Self::Busy { .. } => "queries_busy",
            Self::TooSlow { .. } => "query_too_slow",
            Self::TooLarge { .. } => "query_too_large",
            Self::Unavailable { .. } => "lake_unavailable",
            Self::Internal { .. } => "query_failed",
        }
    }

    fn limit(&self) -> Option<RateLimit> {
        let most = |most, unit| Quota::PerRequest { most, unit };
        Some(match self {
            Self::Busy { .. } => RateLimit {
                policy: "queries",
                quota: Quota::AtOnce { most: u64::try_from(SHARE).unwrap_or(u64::MAX) },
            },
            Self::TooSlow { limit } => {
                RateLimit { policy: "query-time", quota: most(limit.as_secs().max(1), "seconds") }
            }
            Self::TooLarge { limit } => RateLimit {
                policy: "query-memory",
                quota: most(u64::try_from(*limit).unwrap_or(u64::MAX), "bytes"),
            },
            _ => return None,
        })
    }

    fn phrase(&self) -> Phrase {
        match self {
            Self::Invalid { detail, .. }
            | Self::TooComplex { detail, .. }
            | Self::NotReadOnly { detail }
            | Self::Unavailable { detail } => detail.clone(),
            Self::Busy { waiting } => phrase!(
                "queries_busy",
                "your other queries are still running, and {waiting} more wait for their turn",
                waiting = *waiting,
            ),
            Self::UnknownTable { table, .. } => {
                phrase!("table_unknown", "there is no table \"{table}\"", table = table)
            }
            Self::UnknownColumn { column, .. } => {
                phrase!("column_unknown", "there is no column \"{column}\"", column = column)
            }
            Self::TooSlow { limit } => phrase!(
                "query_too_slow",
                "the query took longer than {limit_s} and was stopped",
                limit_s = *limit,
            ),
            Self::TooLarge { limit } => phrase!(
                "query_too_large",
                "the query needs more memory than the {limit} MiB that one query may use",
                limit = limit >> 20,
            ),
            Self::Internal { detail } => Phrase::plain(format!("the query failed: {detail}")),
        }
    }

    fn hint(&self) -> Option<Phrase> {
        match self {
            Self::Invalid { hint, .. } => hint.clone(),
            Self::NotReadOnly { .. } => Some(phrase!(
                "query_not_read_only_hint",
                "Queries only read: use SELECT, WITH, EXPLAIN, SHOW TABLES or DESCRIBE.",
            )),
            Self::UnknownTable { hint, .. }
            | Self::UnknownColumn { hint, .. }
            | Self::TooComplex { hint, .. } => Some(hint.clone()),
            Self::Busy { .. } => Some(phrase!(
                "queries_busy_hint",
                "Send fewer queries at a time; each organisation has its share of the query engine.",
            )),
            Self::TooSlow { .. } => Some(phrase!(
                "query_too_slow_hint",
                "Narrow the time range (WHERE ts > now() - interval '1 day') or the devices.",
            )),
            Self::TooLarge { .. } => Some(phrase!(
                "query_too_large_hint",
                "Narrow the time range, group by fewer columns, or add a LIMIT to a sorted query.",
            )),
            Self::Unavailable { .. } | Self::Internal { .. } => None,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        matches!(self, Self::Busy { .. }).then_some(RETRY)
    }
}
