use std::time::Instant;

use axum::extract::State;
use model::Phrase;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::extract;
use crate::phrase::PhraseView;
use crate::problem::Problem;
use crate::state::Api;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryInput {
    /// One statement that only reads. Each profile is a table, each field a column, beside `device`, `name` and `ts`;
    /// security events are in the table `events`.
    #[schema(
        example = "SELECT name, avg(temperature) FROM thermostat WHERE ts > now() - interval '1 hour' GROUP BY name"
    )]
    sql: String,
}

#[derive(Serialize, ToSchema)]
pub struct QueryAnswer {
    columns: Vec<ColumnView>,
    rows: Vec<Vec<Json>>,
    /// There were more rows than an answer holds.
    truncated: bool,
    /// What is missing from the answer, in sentences.
    warnings: Vec<String>,
    /// What the warnings say, each in its place.
    warning_phrases: Vec<Option<PhraseView>>,
    elapsed_ms: u64,
}

#[derive(Serialize, ToSchema)]
pub struct ColumnView {
    name: String,
    /// `number`, `bool`, `text`, `timestamp`, `json` or `other`
    r#type: String,
}

/// Ask in SQL
///
/// Read-only, limited in rows, time and memory, and over your own tenant's data only.
#[utoipa::path(post, path = "/query", operation_id = "run_query", tag = "query", request_body = QueryInput, responses(
    (status = 200, body = QueryAnswer),
    (status = 422, description = "The query is wrong; the detail says where", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "The query needs more time or memory than one may use", body = Problem, content_type = "application/problem+json"),
))]
pub async fn run(
    State(api): State<Api>,
    caller: Caller,
    extract::Json(input): extract::Json<QueryInput>,
) -> Result<extract::Json<QueryAnswer>, Problem> {
    let started = Instant::now();
    let answer = api.lake.query(&caller.scope, &input.sql, api.lake.query_limits()).await?;
    Ok(extract::Json(QueryAnswer {
        columns: answer
            .columns
            .into_iter()
            .map(|column| ColumnView { name: column.name, r#type: column.r#type })
            .collect(),
        rows: answer.rows,
        truncated: answer.truncated,
        warning_phrases: PhraseView::each(&answer.warnings),
        warnings: answer.warnings.iter().map(Phrase::to_string).collect(),
        elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    }))
}
