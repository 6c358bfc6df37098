use axum::extract::State;
use axum::http::StatusCode;
use model::ChannelId;

use crate::caller::Caller;
use crate::extract::Path;
use crate::problem::Problem;
use crate::state::Api;

/// Remove a channel, with the record of what was sent there
#[utoipa::path(delete, path = "/channels/{id}", operation_id = "delete_channel", tag = "channels", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Removed"),
    (status = 404, description = "No such channel", body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ChannelId>,
) -> Result<StatusCode, Problem> {
    api.channels.delete(&caller.scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
