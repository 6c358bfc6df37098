//! A SQL text with its values. The text is the same for both databases: `$1`, `$2`, … are the placeholders.

use std::borrow::Cow;

use model::{Role, Severity, Timestamp};
use sqlx::SqlStr;

use crate::{Db, Done, FromRow, Result, Row, StoreError};

/// One statement with its values; run it with [`all`](Self::all), [`one`](Self::one), [`optional`](Self::optional)
/// or [`run`](Self::run).
#[derive(Clone, Debug)]
pub struct Statement {
    pub(crate) text: Cow<'static, str>,
    pub(crate) params: Vec<Param>,
}

/// A value on its way to the database. A missing value keeps its type: PostgreSQL wants to know it.
#[derive(Clone, Debug)]
pub enum Param {
    Text(Option<String>),
    Int(Option<i64>),
    Bool(Option<bool>),
    Float(Option<f64>),
    Blob(Option<Vec<u8>>),
}

/// Starts a statement from a text that stands in the source.
#[must_use]
pub fn sql(text: &'static str) -> Statement {
    Statement { text: Cow::Borrowed(text), params: Vec::new() }
}

/// Starts a statement from a composed text. Compose it of texts that stand in the source and [`placeholders`] only;
/// values always go through [`Statement::bind`].
#[must_use]
pub fn sql_composed(text: String) -> Statement {
    Statement { text: Cow::Owned(text), params: Vec::new() }
}

/// `$3, $4, $5` for `placeholders(3, 3)`: the inside of an `IN (…)`.
#[must_use]
pub fn placeholders(first: usize, count: usize) -> String {
    (first..first + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// The pattern for `LOWER(column) LIKE $n ESCAPE '!'` that finds `text` anywhere, whatever characters it holds.
#[must_use]
pub fn contains_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

impl Statement {
    /// Gives the next placeholder its value.
    #[must_use]
    pub fn bind(mut self, value: impl ToParam) -> Self {
        self.params.push(value.to_param());
        self
    }

    /// Every row.
    ///
    /// # Errors
    /// The database refused or is out of reach, or a row does not map.
    pub async fn all<T: FromRow>(self, db: &dyn Db) -> Result<Vec<T>> {
        db.rows(self).await?.iter().map(T::from_row).collect()
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// The database refused or is out of reach, or the row does not map.
    pub async fn optional<T: FromRow>(self, db: &dyn Db) -> Result<Option<T>> {
        db.rows(self).await?.first().map(T::from_row).transpose()
    }

    /// The first row; `what` names the thing for the error when there is none.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] without a row, otherwise as [`optional`](Self::optional).
    pub async fn one<T: FromRow>(self, db: &dyn Db, what: &'static str) -> Result<T> {
        self.optional(db).await?.ok_or(StoreError::NotFound { what })
    }

    /// The rows as they are.
    ///
    /// # Errors
    /// The database refused or is out of reach.
    pub async fn rows(self, db: &dyn Db) -> Result<Vec<Row>> {
        db.rows(self).await
    }

    /// Runs it for its effect.
    ///
    /// # Errors
    /// The database refused or is out of reach.
    pub async fn run(self, db: &dyn Db) -> Result<Done> {
        db.run(self).await
    }

    /// Only a plain `SELECT` may go to a reading connection of SQLite.
    pub(crate) fn reads(&self) -> bool {
        self.text.trim_start().get(..6).is_some_and(|start| start.eq_ignore_ascii_case("select"))
    }

    pub(crate) fn into_parts(self) -> (SqlStr, Vec<Param>) {
        let text = match self.text {
            Cow::Borrowed(text) => SqlStr::from_static(text),
            Cow::Owned(text) => sqlx::SqlSafeStr::into_sql_str(sqlx::AssertSqlSafe(text)),
        };
        (text, self.params)
    }
}

/// What can be bound. `Option<T>` binds NULL for `None`.
pub trait ToParam {
    fn to_param(self) -> Param;
    fn null() -> Param;
}

impl<T: ToParam> ToParam for Option<T> {
    fn to_param(self) -> Param {
        self.map_or_else(T::null, T::to_param)
    }

    fn null() -> Param {
        T::null()
    }
}

macro_rules! bindable {
    ($kind:ident: $($type:ty => |$value:ident| $into:expr),+ $(,)?) => {$(
        impl ToParam for $type {
            fn to_param(self) -> Param {
                let $value = self;
                Param::$kind(Some($into))
            }

            fn null() -> Param {
                Param::$kind(None)
            }
        }
    )+};
}

bindable!(Text:
    String => |v| v,
    &String => |v| v.clone(),
    &str => |v| v.to_owned(),
    Role => |v| v.as_str().to_owned(),
    Severity => |v| v.as_str().to_owned(),
    model::TenantId => |v| v.to_string(),
    model::UserId => |v| v.to_string(),
    model::SessionId => |v| v.to_string(),
    model::DeviceId => |v| v.to_string(),
    model::RuleId => |v| v.to_string(),
    model::FindingId => |v| v.to_string(),
    model::IncidentId => |v| v.to_string(),
    model::ChannelId => |v| v.to_string(),
    model::CommandId => |v| v.to_string(),
    uuid::Uuid => |v| v.to_string(),
    serde_json::Value => |v| v.to_string(),
    &serde_json::Value => |v| v.to_string(),
);
bindable!(Int:
    i64 => |v| v,
    i32 => |v| v.into(),
    u32 => |v| v.into(),
    u16 => |v| v.into(),
    // Counts, sizes and journal offsets never come near the sign bit; what would is clamped, not wrapped.
    u64 => |v| i64::try_from(v).unwrap_or(i64::MAX),
    usize => |v| i64::try_from(v).unwrap_or(i64::MAX),
    Timestamp => |v| v.as_micros(),
);
bindable!(Bool: bool => |v| v);
bindable!(Float: f64 => |v| v);
bindable!(Blob: Vec<u8> => |v| v, &[u8] => |v| v.to_vec(), bytes::Bytes => |v| v.to_vec());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_text_cannot_smuggle_wildcards() {
        assert_eq!(contains_pattern("50%_Off!"), "%50!%!_off!!%");
    }

    #[test]
    fn placeholders_count_on() {
        assert_eq!(placeholders(3, 3), "$3, $4, $5");
        assert_eq!(placeholders(1, 0), "");
    }
}
