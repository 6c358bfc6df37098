use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Origin;
use super::tokens::TokensView;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::Api;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptInput {
    name: Option<String>,
    /// A new one; or that of the account, when the address has one already.
    password: String,
}

/// Accept an invitation
#[utoipa::path(post, path = "/invitations/{token}/accept", operation_id = "accept_invitation", tag = "people",
    params(("token" = String, Path)), request_body = AcceptInput, responses(
    (status = 200, body = TokensView),
    (status = 404, description = "Not valid any more", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "The password is not accepted", body = Problem, content_type = "application/problem+json"),
))]
pub async fn accept(
    State(api): State<Api>,
    Origin(origin): Origin,
    Path(token): Path<String>,
    Json(input): Json<AcceptInput>,
) -> Result<Json<TokensView>, Problem> {
    let tokens =
        api.identity.accept_invitation(&token, input.name.as_deref(), &input.password, &origin).await?;
    Ok(Json(tokens.into()))
}
