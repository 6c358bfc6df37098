//! One query: scoped to one tenant, read-only, limited in rows, time and memory.

mod answer;
mod bounded;
mod corrected;
mod date_trunc;
mod device_name;
mod engine;
mod expansion;
mod guard;
mod json;
mod metered;
mod mistakes;
mod product;
mod session;
pub(crate) mod sql;
mod tenant;
mod threads;
mod turns;
mod written_out;

use std::sync::Arc;

use model::{Phrase, TenantId};
use serde_json::Value as Json;

pub(crate) use engine::Engine;
pub(crate) use json::column_type;
pub(crate) use turns::SHARE;

use crate::config::QueryLimits;
use crate::error::QueryError;
use crate::state::Shared;

/// A column of an answer. The type is one of number, bool, text, timestamp, json and other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub r#type: String,
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Json>>,
    /// There were more rows than the limit.
    pub truncated: bool,
    /// What is missing from the answer, in sentences (damaged files, unread messages).
    pub warnings: Vec<Phrase>,
}

impl Engine {
    /// Answers a person's SQL.
    pub(crate) async fn answer(
        &self,
        shared: &Arc<Shared>,
        tenant: TenantId,
        sql: &str,
        limits: QueryLimits,
    ) -> Result<Rows, QueryError> {
        let behind = self.catch_up(shared).await;
        let (sql, shared) = (sql.to_owned(), Arc::clone(shared));
        let work = |seat| async move { answer::answer(&shared, &seat, tenant, &sql).await };
        let mut rows = self.run(tenant, limits, work).await?;
        rows.warnings.extend(behind);
        Ok(rows)
    }
}
