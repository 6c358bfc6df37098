use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::Json;
use crate::problem::Problem;
use crate::state::Api;

#[derive(Serialize, ToSchema)]
pub struct SetupState {
    /// There is no owner yet: the server has printed a setup link.
    needed: bool,
}

/// Whether the installation still needs its first owner
#[utoipa::path(get, path = "/setup", operation_id = "needs_setup", tag = "setup", responses((status = 200, body = SetupState)))]
pub async fn needed(State(api): State<Api>) -> Result<Json<SetupState>, Problem> {
    Ok(Json(SetupState { needed: api.identity.needs_setup().await? }))
}
