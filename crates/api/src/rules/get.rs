use axum::extract::State;
use model::RuleId;

use super::view::Rule;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::Api;

/// One rule
#[utoipa::path(get, path = "/rules/{id}", operation_id = "get_rule", tag = "rules", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Rule),
    (status = 404, description = "No such rule", body = Problem, content_type = "application/problem+json"),
))]
pub async fn get(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<RuleId>,
) -> Result<Json<Rule>, Problem> {
    Ok(Json(api.rules.get(&caller.scope, id).await?.into()))
}
