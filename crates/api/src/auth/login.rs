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
pub struct LoginInput {
    email: String,
    password: String,
    /// Which of the account's tenants, by id or name; the one used last when left out.
    tenant: Option<String>,
}

/// Sign in
#[utoipa::path(post, path = "/auth/login", operation_id = "login", tag = "auth", request_body = LoginInput, responses(
    (status = 200, body = TokensView),
    (status = 401, description = "Address or password wrong", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "Suspended, or in no tenant any more", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "The account does not belong to such a tenant", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many attempts", body = Problem, content_type = "application/problem+json"),
))]
pub async fn login(
    State(api): State<Api>,
    Origin(origin): Origin,
    Json(input): Json<LoginInput>,
) -> Result<Json<TokensView>, Problem> {
    let LoginInput { email, password, tenant } = input;
    Ok(Json(api.identity.sign_in_to(tenant.as_deref(), &email, &password, &origin).await?.into()))
}
