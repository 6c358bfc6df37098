//! What can go wrong in the lake, with the next step for whoever asked.

use std::time::Duration;

use model::{ErrorKind, Explained};

use crate::CatalogError;

/// The lake itself cannot go on as it is.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    #[error("the lake's catalog: {0}")]
    Catalog(#[from] CatalogError),
    #[error("the lake's files: {0}")]
    Files(String),
    #[error("the journal: {0}")]
    Journal(#[from] backplane::journal::JournalError),
    #[error("the lake's query engine did not start: {0}")]
    Engine(String),
    #[error("unknown table {0:?}")]
    UnknownTable(String),
    #[error("table {table:?} has no field {field:?}")]
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
}

/// About what a query takes.
const RETRY: Duration = Duration::from_secs(2);

/// A query was not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// It does not parse or does not fit the tables.
    #[error("{detail}")]
    Invalid { detail: String, hint: Option<String> },
    #[error("{detail}")]
    NotReadOnly { detail: String },
    #[error("there is no table {table:?}")]
    UnknownTable { table: String, hint: String },
    #[error("there is no column {column:?}")]
    UnknownColumn { column: String, hint: String },
    /// Planning it would take more than one query may have.
    #[error("{detail}")]
    TooComplex { detail: String, hint: String },
    /// Its tenant's other queries have to end first.
    #[error("your other queries are still running, and {waiting} more wait for their turn")]
    Busy { waiting: usize },
    #[error("the query took longer than {} s and was stopped", limit.as_secs_f64())]
    TooSlow { limit: Duration },
    #[error("the query needs more memory than the {} MiB that one query may use", limit >> 20)]
    TooLarge { limit: usize },
    /// Files are damaged or the disk does not answer.
    #[error("{detail}")]
    Unavailable { detail: String },
    #[error("the query failed: {detail}")]
    Internal { detail: String },
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

    fn hint(&self) -> Option<String> {
        match self {
            Self::Invalid { hint, .. } => hint.clone(),
            Self::NotReadOnly { .. } => {
                Some("Queries only read: use SELECT, WITH, EXPLAIN, SHOW TABLES or DESCRIBE.".to_owned())
            }
            Self::UnknownTable { hint, .. }
            | Self::UnknownColumn { hint, .. }
            | Self::TooComplex { hint, .. } => Some(hint.clone()),
            Self::Busy { .. } => Some(
                "Send fewer queries at a time; each tenant has its share of the query engine.".to_owned(),
            ),
            Self::TooSlow { .. } => {
                Some("Narrow the time range (WHERE ts > now() - interval '1 day') or the devices.".to_owned())
            }
            Self::TooLarge { .. } => Some(
                "Narrow the time range, group by fewer columns, or add a LIMIT to a sorted query.".to_owned(),
            ),
            Self::Unavailable { .. } | Self::Internal { .. } => None,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        matches!(self, Self::Busy { .. }).then_some(RETRY)
    }
}
