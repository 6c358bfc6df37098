use axum::extract::State;
use model::IncidentId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::IncidentSummary;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::Api;

/// Why, for those who read it later.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteInput {
    note: Option<String>,
}

/// Take note of an incident: somebody looks at it
#[utoipa::path(post, path = "/incidents/{id}/acknowledge", operation_id = "acknowledge_incident", tag = "incidents",
    params(("id" = Uuid, Path)), responses(
    (status = 200, body = IncidentSummary),
    (status = 404, description = "No such incident", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "It is not open", body = Problem, content_type = "application/problem+json"),
))]
pub async fn acknowledge(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<IncidentId>,
) -> Result<Json<IncidentSummary>, Problem> {
    Ok(Json(api.incidents.acknowledge(&caller.scope, id).await?.into()))
}

/// Close an incident
#[utoipa::path(post, path = "/incidents/{id}/resolve", operation_id = "resolve_incident", tag = "incidents",
    params(("id" = Uuid, Path)), request_body = NoteInput, responses(
    (status = 200, body = IncidentSummary),
    (status = 404, description = "No such incident", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "It is resolved already", body = Problem, content_type = "application/problem+json"),
))]
pub async fn resolve(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    Json(input): Json<NoteInput>,
) -> Result<Json<IncidentSummary>, Problem> {
    Ok(Json(api.incidents.resolve(&caller.scope, id, input.note.as_deref()).await?.into()))
}

/// Open a resolved incident again
#[utoipa::path(post, path = "/incidents/{id}/reopen", operation_id = "reopen_incident", tag = "incidents",
    params(("id" = Uuid, Path)), request_body = NoteInput, responses(
    (status = 200, body = IncidentSummary),
    (status = 404, description = "No such incident", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "It is not resolved", body = Problem, content_type = "application/problem+json"),
))]
pub async fn reopen(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    Json(input): Json<NoteInput>,
) -> Result<Json<IncidentSummary>, Problem> {
    Ok(Json(api.incidents.reopen(&caller.scope, id, input.note.as_deref()).await?.into()))
}
