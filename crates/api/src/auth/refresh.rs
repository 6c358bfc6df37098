use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Origin;
use super::tokens::TokensView;
use crate::extract::Json;
use crate::problem::Problem;
use crate::state::Api;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshInput {
    pub refresh_token: String,
}

/// Exchange a refresh token for new tokens
///
/// Each is good once; using one again ends the session, because somebody else may have a copy.
#[utoipa::path(post, path = "/auth/refresh", operation_id = "refresh", tag = "auth", request_body = RefreshInput, responses(
    (status = 200, body = TokensView),
    (status = 401, description = "Not valid, or used before", body = Problem, content_type = "application/problem+json"),
))]
pub async fn refresh(
    State(api): State<Api>,
    Origin(origin): Origin,
    Json(input): Json<RefreshInput>,
) -> Result<Json<TokensView>, Problem> {
    Ok(Json(api.identity.refresh(&input.refresh_token, &origin).await?.into()))
}
