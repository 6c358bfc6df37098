use axum::extract::State;
use axum::http::StatusCode;
use uuid::Uuid;

use crate::caller::Caller;
use crate::extract::Path;
use crate::problem::Problem;
use crate::state::Api;

/// Take an invitation back
#[utoipa::path(delete, path = "/people/invitations/{id}", operation_id = "revoke_invitation", tag = "people",
    params(("id" = Uuid, Path)), responses(
    (status = 204, description = "It is not valid any more"),
    (status = 404, description = "No such invitation", body = Problem, content_type = "application/problem+json"),
))]
pub async fn revoke(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    api.identity.revoke_invitation(&caller.scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
