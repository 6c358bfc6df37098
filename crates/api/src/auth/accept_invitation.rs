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
    /// Of a new account: `en` or `fr`.
    language: Option<String>,
    /// A new one; or that of the account, when the address has one already.
    password: String,
}

/// Accept an invitation
#[utoipa::path(post, path = "/invitations/{token}/accept", operation_id = "accept_invitation", tag = "people",
    params(("token" = String, Path)), request_body = AcceptInput, responses(
    (status = 200, body = TokensView),
    (status = 404, description = "Not valid any more", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "The account has another password", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "A member already", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many attempts", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "The password is not accepted", body = Problem, content_type = "application/problem+json"),
))]
pub async fn accept(
    State(api): State<Api>,
    Origin(origin): Origin,
    Path(token): Path<String>,
    Json(input): Json<AcceptInput>,
) -> Result<Json<TokensView>, Problem> {
    let AcceptInput { name, language, password } = input;
    let joined =
        api.identity.accept_invitation(&token, name.as_deref(), language.as_deref(), &password, &origin);
    let tokens = joined.await?;
    Ok(Json(tokens.into()))
}
