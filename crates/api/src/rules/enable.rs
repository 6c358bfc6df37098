use axum::extract::State;
use model::RuleId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::Rule;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::Api;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSwitch {
    enabled: bool,
}

/// Switch a rule on or off
#[utoipa::path(patch, path = "/rules/{id}", operation_id = "switch_rule", tag = "rules", params(("id" = Uuid, Path)),
    request_body = RuleSwitch, responses(
    (status = 200, body = Rule),
    (status = 404, description = "No such rule", body = Problem, content_type = "application/problem+json"),
))]
pub async fn enable(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<RuleId>,
    Json(switch): Json<RuleSwitch>,
) -> Result<Json<Rule>, Problem> {
    Ok(Json(api.rules.set_enabled(&caller.scope, id, switch.enabled).await?.into()))
}
