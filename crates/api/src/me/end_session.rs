use axum::extract::State;
use axum::http::StatusCode;
use model::SessionId;

use crate::caller::Caller;
use crate::extract::Path;
use crate::problem::Problem;
use crate::state::Api;

/// Sign out somewhere else
#[utoipa::path(delete, path = "/me/sessions/{id}", operation_id = "end_my_session", tag = "me", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Ended"),
    (status = 404, description = "No such session", body = Problem, content_type = "application/problem+json"),
))]
pub async fn end_session(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<SessionId>,
) -> Result<StatusCode, Problem> {
    api.identity.end_session(&caller.scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
