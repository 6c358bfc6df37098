use axum::extract::State;

use super::Endpoints;
use crate::extract::Json;
use crate::state::Api;

/// How devices reach this installation
#[utoipa::path(get, path = "/connect", operation_id = "connect", tag = "system", responses((status = 200, body = Endpoints)))]
pub async fn connect(State(api): State<Api>) -> Json<Endpoints> {
    Json(api.installation.endpoints())
}
