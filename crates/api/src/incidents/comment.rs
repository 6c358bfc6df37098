use axum::extract::State;
use axum::http::StatusCode;
use model::IncidentId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::IncidentSummary;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::Api;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentInput {
    text: String,
}

/// Say something about an incident
#[utoipa::path(post, path = "/incidents/{id}/comments", operation_id = "comment_incident", tag = "incidents",
    params(("id" = Uuid, Path)), request_body = CommentInput, responses(
    (status = 201, body = IncidentSummary),
    (status = 404, description = "No such incident", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "The comment is empty or too long", body = Problem, content_type = "application/problem+json"),
))]
pub async fn comment(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    Json(input): Json<CommentInput>,
) -> Result<(StatusCode, Json<IncidentSummary>), Problem> {
    let incident = api.incidents.comment(&caller.scope, id, &input.text).await?;
    Ok((StatusCode::CREATED, Json(incident.into())))
}
