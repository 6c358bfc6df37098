use axum::extract::State;
use identity::NewOwner;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Origin;
use super::tokens::TokensView;
use crate::extract::Json;
use crate::problem::Problem;
use crate::state::Api;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupInput {
    /// From the link that the server printed.
    token: String,
    email: String,
    password: String,
    name: Option<String>,
    /// What the organisation is called.
    tenant: String,
    /// `en` or `fr`
    language: Option<String>,
}

/// Make the first tenant and its owner
#[utoipa::path(post, path = "/setup", operation_id = "setup", tag = "setup", request_body = SetupInput, responses(
    (status = 200, body = TokensView),
    (status = 403, description = "The link is not valid any more", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "There is an owner already", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many attempts", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "Address, password or name not accepted", body = Problem, content_type = "application/problem+json"),
))]
pub async fn setup(
    State(api): State<Api>,
    Origin(origin): Origin,
    Json(input): Json<SetupInput>,
) -> Result<Json<TokensView>, Problem> {
    let SetupInput { token, email, password, name, tenant, language } = input;
    let owner = NewOwner { email, password, name, tenant, language };
    Ok(Json(api.identity.setup(&token, owner, &origin).await?.into()))
}
