use axum::extract::State;
use model::IncidentId;

use super::view::IncidentView;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::Api;

/// One incident, with its timeline
#[utoipa::path(get, path = "/incidents/{id}", operation_id = "get_incident", tag = "incidents", params(("id" = Uuid, Path)), responses(
    (status = 200, body = IncidentView),
    (status = 404, description = "No such incident", body = Problem, content_type = "application/problem+json"),
))]
pub async fn get(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<IncidentId>,
) -> Result<Json<IncidentView>, Problem> {
    Ok(Json(api.incidents.get(&caller.scope, id).await?.into()))
}
