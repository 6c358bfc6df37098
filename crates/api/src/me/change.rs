use axum::extract::State;
use identity::ProfileChange;
use serde::Deserialize;
use utoipa::ToSchema;

use super::show::MeView;
use crate::caller::Caller;
use crate::extract::Json;
use crate::problem::Problem;
use crate::state::Api;

/// What is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeChange {
    name: Option<String>,
    /// `en` or `fr`
    language: Option<String>,
}

/// Change one's own profile
#[utoipa::path(patch, path = "/me", operation_id = "change_me", tag = "me", request_body = MeChange, responses(
    (status = 200, body = MeView),
    (status = 422, description = "Not accepted", body = Problem, content_type = "application/problem+json"),
))]
pub async fn change(
    State(api): State<Api>,
    caller: Caller,
    Json(input): Json<MeChange>,
) -> Result<Json<MeView>, Problem> {
    let change = ProfileChange { name: input.name, language: input.language };
    Ok(Json(api.identity.update_me(&caller.scope, change).await?.into()))
}
