use axum::extract::State;

use super::InstallationStatus;
use crate::extract::Json;
use crate::state::Api;

/// How the installation fares
#[utoipa::path(get, path = "/system", operation_id = "show_system", tag = "system", responses((status = 200, body = InstallationStatus)))]
pub async fn show(State(api): State<Api>) -> Json<InstallationStatus> {
    Json(api.installation.status().await)
}
