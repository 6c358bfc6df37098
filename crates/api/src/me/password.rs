use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::Origin;
use crate::caller::Caller;
use crate::extract::Json;
use crate::problem::Problem;
use crate::state::Api;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordInput {
    current: String,
    new: String,
}

/// Change one's own password
///
/// It ends all other sessions.
#[utoipa::path(post, path = "/me/password", operation_id = "change_password", tag = "me", request_body = PasswordInput, responses(
    (status = 204, description = "Changed"),
    (status = 422, description = "The current password is wrong, or the new one is not accepted", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many attempts", body = Problem, content_type = "application/problem+json"),
))]
pub async fn password(
    State(api): State<Api>,
    caller: Caller,
    Origin(origin): Origin,
    Json(input): Json<PasswordInput>,
) -> Result<StatusCode, Problem> {
    api.identity.change_password(&caller.scope, &input.current, &input.new, &origin).await?;
    Ok(StatusCode::NO_CONTENT)
}
