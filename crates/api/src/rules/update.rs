use axum::extract::State;
use model::RuleId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::create::Submitted;
use super::spec::RuleInputSchema;
use super::view::Rule;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;
use crate::state::Api;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Params {
    /// The version that was edited: when somebody else saved meanwhile, the change is refused.
    version: Option<i64>,
}

/// Change a rule
#[utoipa::path(put, path = "/rules/{id}", operation_id = "update_rule", tag = "rules", params(("id" = Uuid, Path), Params),
    request_body(content((RuleInputSchema = "application/json"), (String = "application/yaml"))), responses(
    (status = 200, body = Rule),
    (status = 404, description = "No such rule", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "Somebody else saved it meanwhile", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "The rule cannot work", body = Problem, content_type = "application/problem+json"),
))]
pub async fn update(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<RuleId>,
    Query(params): Query<Params>,
    Submitted(input): Submitted,
) -> Result<Json<Rule>, Problem> {
    Ok(Json(api.rules.update(&caller.scope, id, &input, params.version).await?.into()))
}
