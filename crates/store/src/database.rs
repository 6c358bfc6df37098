//! Where statements run: the store itself, or a transaction.

use futures::future::BoxFuture;
use sqlx::postgres::{PgArguments, Postgres};
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments};

use crate::{Param, Result, Row, Statement, StoreError};

/// A [`Store`](crate::Store), where each statement stands alone and is durable when it returns, or a
/// [`Tx`](crate::Tx), where all become durable together.
pub trait Db: Send + Sync {
    fn rows(&self, statement: Statement) -> BoxFuture<'_, Result<Vec<Row>>>;
    fn run(&self, statement: Statement) -> BoxFuture<'_, Result<Done>>;
}

/// What a statement did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "zero rows usually means that the thing does not exist in this tenant"]
pub struct Done {
    pub rows: u64,
}

impl Done {
    /// # Errors
    /// [`StoreError::NotFound`] when nothing was touched.
    pub fn or_not_found(self, what: &'static str) -> Result<()> {
        if self.rows == 0 { Err(StoreError::NotFound { what }) } else { Ok(()) }
    }

    /// For statements that may well touch nothing.
    pub const fn whatever(self) {}
}

pub(crate) fn sqlite_query(statement: Statement) -> Query<'static, Sqlite, SqliteArguments> {
    let (text, params) = statement.into_parts();
    params.into_iter().fold(sqlx::query(text), |query, param| match param {
        Param::Text(value) => query.bind(value),
        Param::Int(value) => query.bind(value),
        Param::Bool(value) => query.bind(value),
        Param::Float(value) => query.bind(value),
        Param::Blob(value) => query.bind(value),
    })
}

pub(crate) fn postgres_query(statement: Statement) -> Query<'static, Postgres, PgArguments> {
    let (text, params) = statement.into_parts();
    params.into_iter().fold(sqlx::query(text), |query, param| match param {
        Param::Text(value) => query.bind(value),
        Param::Int(value) => query.bind(value),
        Param::Bool(value) => query.bind(value),
        Param::Float(value) => query.bind(value),
        Param::Blob(value) => query.bind(value),
    })
}
