use axum::extract::State;
use axum::http::StatusCode;

use super::refresh::RefreshInput;
use crate::extract::Json;
use crate::problem::Problem;
use crate::state::Api;

/// Sign out
#[utoipa::path(post, path = "/auth/logout", operation_id = "logout", tag = "auth", request_body = RefreshInput, responses(
    (status = 204, description = "The session has ended"),
))]
pub async fn logout(State(api): State<Api>, Json(input): Json<RefreshInput>) -> Result<StatusCode, Problem> {
    api.identity.sign_out(&input.refresh_token).await?;
    Ok(StatusCode::NO_CONTENT)
}
