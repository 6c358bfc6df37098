use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Origin;
use super::tokens::TokensView;
use crate::caller::Caller;
use crate::extract::Json;
use crate::problem::Problem;
use crate::state::Api;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchInput {
    /// One of your own, by its id or name; `GET /me` lists them.
    tenant: String,
}

/// Go to another of one's tenants
///
/// It starts a session there; the one that asks goes on until it is signed out.
#[utoipa::path(post, path = "/auth/switch", operation_id = "switch_tenant", tag = "auth", request_body = SwitchInput, responses(
    (status = 200, body = TokensView),
    (status = 403, description = "Suspended there", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "You do not belong to such a tenant", body = Problem, content_type = "application/problem+json"),
))]
pub async fn switch(
    State(api): State<Api>,
    caller: Caller,
    Origin(origin): Origin,
    Json(input): Json<SwitchInput>,
) -> Result<Json<TokensView>, Problem> {
    Ok(Json(api.identity.switch_tenant(&caller.scope, &input.tenant, &origin).await?.into()))
}
