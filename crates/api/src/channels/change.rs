use axum::extract::State;
use model::ChannelId;
use respond::ChannelChange;
use utoipa::ToSchema;

use super::view::Channel;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::Api;

/// What is left out stays as it is.
#[derive(ToSchema)]
#[schema(as = ChannelChange)]
#[allow(dead_code, reason = "only its schema is used: reading it is the domain's")]
pub struct ChannelChangeSchema {
    name: Option<String>,
    target: Option<String>,
    min_severity: Option<String>,
    language: Option<String>,
    enabled: Option<bool>,
}

/// Change a channel
#[utoipa::path(patch, path = "/channels/{id}", operation_id = "change_channel", tag = "channels", params(("id" = Uuid, Path)),
    request_body = ChannelChangeSchema, responses(
    (status = 200, body = Channel),
    (status = 404, description = "No such channel", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "Not an address or URL that can be used", body = Problem, content_type = "application/problem+json"),
))]
pub async fn change(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ChannelId>,
    Json(input): Json<ChannelChange>,
) -> Result<Json<Channel>, Problem> {
    Ok(Json(api.channels.update(&caller.scope, id, &input).await?.into()))
}
