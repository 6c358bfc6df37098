//! A row of either database, and how its columns become our types.

use std::str::FromStr;

use model::{Role, Severity, Timestamp};
use sqlx::postgres::{PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{Decode, Row as _, Type};

use crate::{Result, StoreError};

#[derive(Debug)]
pub enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// Makes a value of a whole row.
pub trait FromRow: Sized {
    /// # Errors
    /// A column is missing or holds what the type cannot.
    fn from_row(row: &Row) -> Result<Self>;
}

/// A type that both drivers decode.
pub trait Wire:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl<T> Wire for T where
    T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

/// Makes a value of one column. `Option<T>` takes NULL.
pub trait FromColumn: Sized {
    type Wire: Wire;

    /// # Errors
    /// The column holds what the type cannot; the text says why.
    fn from_wire(wire: Self::Wire) -> Result<Self, String>;
}

impl Row {
    /// The column of this name.
    ///
    /// # Errors
    /// There is no such column, or it holds what the type cannot.
    pub fn get<T: FromColumn>(&self, column: &str) -> Result<T> {
        let wire: T::Wire = match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        };
        T::from_wire(wire).map_err(|why| StoreError::internal(format!("column {column}: {why}")))
    }

    /// The column that holds `T` as JSON text.
    ///
    /// # Errors
    /// There is no such column, or its JSON does not fit.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T> {
        let text: String = self.get(column)?;
        serde_json::from_str(&text).map_err(|why| StoreError::internal(format!("column {column}: {why}")))
    }
}

impl FromRow for () {
    fn from_row(_: &Row) -> Result<Self> {
        Ok(())
    }
}

/// A statement of one number: name the column `n`.
impl FromRow for i64 {
    fn from_row(row: &Row) -> Result<Self> {
        row.get("n")
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    type Wire = Option<T::Wire>;

    fn from_wire(wire: Self::Wire) -> Result<Self, String> {
        wire.map(T::from_wire).transpose()
    }
}

macro_rules! as_it_is {
    ($($type:ty),+) => {$(
        impl FromColumn for $type {
            type Wire = $type;

            fn from_wire(wire: Self::Wire) -> Result<Self, String> {
                Ok(wire)
            }
        }
    )+};
}

as_it_is!(i64, bool, f64, String, Vec<u8>);

macro_rules! parsed {
    ($($type:ty),+) => {$(
        impl FromColumn for $type {
            type Wire = String;

            fn from_wire(wire: Self::Wire) -> Result<Self, String> {
                <$type>::from_str(&wire).map_err(|why| why.to_string())
            }
        }
    )+};
}

parsed!(
    uuid::Uuid,
    model::TenantId,
    model::UserId,
    model::SessionId,
    model::DeviceId,
    model::RuleId,
    model::FindingId,
    model::IncidentId,
    model::ChannelId,
    model::CommandId,
    serde_json::Value,
    Role,
    Severity
);

impl FromColumn for u64 {
    type Wire = i64;

    fn from_wire(wire: i64) -> Result<Self, String> {
        Self::try_from(wire).map_err(|why| why.to_string())
    }
}

impl FromColumn for Timestamp {
    type Wire = i64;

    fn from_wire(wire: i64) -> Result<Self, String> {
        Ok(Self::from_micros(wire))
    }
}
