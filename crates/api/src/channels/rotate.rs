use axum::extract::State;
use model::ChannelId;

use super::view::ChannelWithSecret;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::Api;

/// Give a webhook a new secret
///
/// For a day deliveries carry the signatures of both, so that the receiver can change over.
#[utoipa::path(post, path = "/channels/{id}/secret", operation_id = "rotate_channel_secret", tag = "channels",
    params(("id" = Uuid, Path)), responses(
    (status = 200, body = ChannelWithSecret),
    (status = 404, description = "No such channel", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "Not a webhook", body = Problem, content_type = "application/problem+json"),
))]
pub async fn rotate(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ChannelId>,
) -> Result<Json<ChannelWithSecret>, Problem> {
    Ok(Json(api.channels.rotate_secret(&caller.scope, id).await?.into()))
}
