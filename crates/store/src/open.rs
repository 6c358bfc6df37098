//! Opening the store: the connections of either database, with the settings that make an answer durable.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use futures::future::BoxFuture;
use sqlx::ConnectOptions as _;
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::database::{postgres_query, sqlite_query};
use crate::transaction::Inner;
use crate::{Db, Done, Result, Row, Statement, StoreError, Tx, migrate};

/// How long a statement waits for its turn before it is refused as unavailable.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long the one connection may take that finds out why there is none.
const ONE_TRY: Duration = Duration::from_secs(5);
const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;

/// The relational store. Cloning shares its connections.
#[derive(Clone, Debug)]
pub struct Store {
    pools: Pools,
}

#[derive(Clone, Debug)]
enum Pools {
    /// SQLite lets one connection write at a time: a queue of our own is fairer than its busy handler.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Store {
    /// Opens `sqlite:PATH` or `postgres://…` and brings its schema up to date.
    ///
    /// # Errors
    /// The URL is not one of those, the database is out of reach, or a newer version wrote it.
    pub async fn open(url: &str) -> Result<Self> {
        let pools = if let Some(path) = url.strip_prefix("sqlite:") {
            open_sqlite(Path::new(path.trim_start_matches("//"))).await?
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_postgres(url).await?
        } else {
            // The URL may hold a password: it is not repeated.
            return Err(StoreError::BadUrl(
                "the store's URL starts neither with sqlite: nor postgres://".into(),
            ));
        };
        let store = Self { pools };
        migrate::run(&store).await?;
        Ok(store)
    }

    /// Starts a transaction. On SQLite it holds the only writing connection: keep it short, and do nothing slow
    /// (hashing, network) within.
    ///
    /// # Errors
    /// The database is out of reach, or others wrote for too long.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx::new(match &self.pools {
            Pools::Sqlite { writer, .. } => Inner::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Inner::Postgres(pool.begin().await?),
        }))
    }

    /// Whether the database answers: readiness.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<()> {
        crate::sql("SELECT 1").rows(self).await.map(drop)
    }

    /// Finishes what is running and closes all connections.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    pub(crate) const fn is_postgres(&self) -> bool {
        matches!(self.pools, Pools::Postgres(_))
    }
}

async fn open_sqlite(path: &Path) -> Result<Pools> {
    if path.as_os_str().is_empty() || path == Path::new(":memory:") {
        return Err(StoreError::BadUrl("the store needs the path of a file".into()));
    }
    create_private(path)
        .map_err(|why| StoreError::Unavailable { detail: format!("{}: {why}", path.display()) })?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // In WAL mode only FULL syncs at every commit, and acknowledged means durable.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // Another process (the command line beside a running server) may hold the file.
        .busy_timeout(PATIENCE);
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        // On a full disk SQLite ends a transaction by itself; sqlx then believes for ever that it is still open, and
        // no other could begin. Another connection knows nothing of it.
        .before_acquire(|writer, _| Box::pin(std::future::ready(Ok(!writer.is_in_transaction()))));
    let writer =
        writer.connect_with(options.clone()).await.map_err(|error| unreadable(path, error.into()))?;
    let readers = SqlitePoolOptions::new().max_connections(READERS).acquire_timeout(PATIENCE);
    let readers = readers.connect_with(options.pragma("query_only", "ON")).await?;
    Ok(Pools::Sqlite { writer, readers })
}

/// What SQLite says of a damaged file names neither the file nor a way out.
fn unreadable(path: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::Internal { detail } => StoreError::Internal {
            detail: format!(
                "{}: {detail}. Nothing was changed. Move the file away and put its backup in its place; the journal and the \
                 lake beside it are not affected",
                path.display()
            ),
        },
        other => other,
    }
}

/// The file holds signing keys and what people wrote: it is nobody else's. SQLite gives its other files the same mode.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

async fn open_postgres(url: &str) -> Result<Pools> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| StoreError::BadUrl("the postgres:// URL cannot be read".into()))?
        .application_name("smartsecurity");
    let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).acquire_timeout(PATIENCE);
    match pool.connect_with(options.clone()).await {
        Ok(pool) => Ok(Pools::Postgres(pool)),
        Err(error) => Err(unreachable(&options, error).await),
    }
}

/// Which server could not be used, and why, for whoever reads it at the start. A pool that ran out of patience does not
/// say what kept it waiting; one connection of its own does. The URL is not repeated: it may hold a password.
async fn unreachable(options: &PgConnectOptions, error: sqlx::Error) -> StoreError {
    let error = match error {
        sqlx::Error::PoolTimedOut => match tokio::time::timeout(ONE_TRY, options.connect()).await {
            Ok(Err(cause)) => cause,
            Ok(Ok(_)) | Err(_) => error,
        },
        other => other,
    };
    explain(options, &error)
}

fn explain(options: &PgConnectOptions, error: &sqlx::Error) -> StoreError {
    let cause = match error {
        sqlx::Error::Database(problem) => problem.message().to_owned(),
        sqlx::Error::Io(problem) => problem.to_string(),
        sqlx::Error::PoolTimedOut => "it does not answer".to_owned(),
        other => other.to_string(),
    };
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    StoreError::Unavailable { detail: format!("PostgreSQL at {host}: {cause}") }
}

impl Db for Store {
    fn rows(&self, statement: Statement) -> BoxFuture<'_, Result<Vec<Row>>> {
        Box::pin(async move {
            Ok(match &self.pools {
                Pools::Sqlite { writer, readers } => {
                    let pool = if statement.reads() { readers } else { writer };
                    sqlite_query(statement).fetch_all(pool).await?.into_iter().map(Row::Sqlite).collect()
                }
                Pools::Postgres(pool) => {
                    postgres_query(statement).fetch_all(pool).await?.into_iter().map(Row::Postgres).collect()
                }
            })
        })
    }

    fn run(&self, statement: Statement) -> BoxFuture<'_, Result<Done>> {
        Box::pin(async move {
            let rows = match &self.pools {
                Pools::Sqlite { writer, .. } => {
                    sqlite_query(statement).execute(writer).await?.rows_affected()
                }
                Pools::Postgres(pool) => postgres_query(statement).execute(pool).await?.rows_affected(),
            };
            Ok(Done { rows })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_cannot_be_reached_is_named_without_the_password() {
        let options = PgConnectOptions::from_str("postgres://app:hunter2@db.example.com:5433/iot").unwrap();
        for (error, cause) in [
            (sqlx::Error::Io(std::io::ErrorKind::ConnectionRefused.into()), "connection refused"),
            (sqlx::Error::PoolTimedOut, "it does not answer"),
        ] {
            let said = explain(&options, &error).to_string();
            assert!(said.contains("PostgreSQL at db.example.com:5433") && said.contains(cause), "{said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}
