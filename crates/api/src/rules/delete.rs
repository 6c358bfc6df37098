use axum::extract::State;
use axum::http::StatusCode;
use model::RuleId;

use crate::caller::Caller;
use crate::extract::Path;
use crate::problem::Problem;
use crate::state::Api;

/// Stop watching
///
/// What the rule found stays.
#[utoipa::path(delete, path = "/rules/{id}", operation_id = "delete_rule", tag = "rules", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 404, description = "No such rule", body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<RuleId>,
) -> Result<StatusCode, Problem> {
    api.rules.delete(&caller.scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
