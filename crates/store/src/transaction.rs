//! Several statements that become durable together, or not at all. Dropped without a commit, it is undone.

use futures::future::BoxFuture;
use sqlx::postgres::Postgres;
use sqlx::sqlite::Sqlite;
use tokio::sync::Mutex;

use crate::database::{postgres_query, sqlite_query};
use crate::{Db, Done, Result, Row, Statement};

pub struct Tx {
    // Shared access keeps the functions of the domains the same for a store and for a transaction.
    inner: Mutex<Inner>,
}

pub(crate) enum Inner {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Tx {
    pub(crate) fn new(inner: Inner) -> Self {
        Self { inner: Mutex::new(inner) }
    }

    /// # Errors
    /// The database could not make it durable; nothing of it happened.
    pub async fn commit(self) -> Result<()> {
        match self.inner.into_inner() {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Undoes it now; dropping does so soon.
    ///
    /// # Errors
    /// The connection is gone; then it is undone, too.
    pub async fn rollback(self) -> Result<()> {
        match self.inner.into_inner() {
            Inner::Sqlite(tx) => tx.rollback().await?,
            Inner::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }

    /// Runs a text of several statements without values: migrations.
    pub(crate) async fn script(&self, text: &'static str) -> Result<()> {
        match &mut *self.inner.lock().await {
            Inner::Sqlite(tx) => sqlx::raw_sql(text).execute(&mut **tx).await.map(drop)?,
            Inner::Postgres(tx) => sqlx::raw_sql(text).execute(&mut **tx).await.map(drop)?,
        }
        Ok(())
    }
}

impl Db for Tx {
    fn rows(&self, statement: Statement) -> BoxFuture<'_, Result<Vec<Row>>> {
        Box::pin(async move {
            Ok(match &mut *self.inner.lock().await {
                Inner::Sqlite(tx) => {
                    let rows = sqlite_query(statement).fetch_all(&mut **tx).await?;
                    rows.into_iter().map(Row::Sqlite).collect()
                }
                Inner::Postgres(tx) => {
                    let rows = postgres_query(statement).fetch_all(&mut **tx).await?;
                    rows.into_iter().map(Row::Postgres).collect()
                }
            })
        })
    }

    fn run(&self, statement: Statement) -> BoxFuture<'_, Result<Done>> {
        Box::pin(async move {
            let rows = match &mut *self.inner.lock().await {
                Inner::Sqlite(tx) => sqlite_query(statement).execute(&mut **tx).await?.rows_affected(),
                Inner::Postgres(tx) => postgres_query(statement).execute(&mut **tx).await?.rows_affected(),
            };
            Ok(Done { rows })
        })
    }
}
