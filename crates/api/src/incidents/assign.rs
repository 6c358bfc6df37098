use axum::extract::State;
use model::{IncidentId, UserId};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::IncidentSummary;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::Api;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignInput {
    /// Null: nobody.
    user: Option<Uuid>,
}

/// Say who handles an incident
#[utoipa::path(post, path = "/incidents/{id}/assign", operation_id = "assign_incident", tag = "incidents",
    params(("id" = Uuid, Path)), request_body = AssignInput, responses(
    (status = 200, body = IncidentSummary),
    (status = 404, description = "No such incident", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "It is resolved", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "The person does not belong to the tenant", body = Problem, content_type = "application/problem+json"),
))]
pub async fn assign(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    Json(input): Json<AssignInput>,
) -> Result<Json<IncidentSummary>, Problem> {
    Ok(Json(api.incidents.assign(&caller.scope, id, input.user.map(UserId)).await?.into()))
}
