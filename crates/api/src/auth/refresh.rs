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
    refresh_token: String,
    /// A secret of the client's own, made with the token and kept beside it: 22 to 64 random letters, digits, `-` and
    /// `_`. Who sends the same again with the same token, because the answer got lost, gets the same answer again.
    attempt: Option<String>,
}

/// Exchange a refresh token for new tokens
///
/// Each is good once; using one again ends the session at once, because somebody else may have a copy.
#[utoipa::path(post, path = "/auth/refresh", operation_id = "refresh", tag = "auth", request_body = RefreshInput, responses(
    (status = 200, body = TokensView),
    (status = 401, description = "Not valid, or used before", body = Problem, content_type = "application/problem+json"),
))]
pub async fn refresh(
    State(api): State<Api>,
    Origin(origin): Origin,
    Json(input): Json<RefreshInput>,
) -> Result<Json<TokensView>, Problem> {
    let RefreshInput { refresh_token, attempt } = input;
    let tokens = api.identity.refresh_in_attempt(&refresh_token, attempt.as_deref(), &origin).await?;
    Ok(Json(tokens.into()))
}
