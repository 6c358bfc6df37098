use axum::extract::State;
use axum::http::StatusCode;
use respond::ChannelInput;
use utoipa::ToSchema;

use super::view::ChannelWithSecret;
use crate::caller::Caller;
use crate::extract::Json;
use crate::problem::Problem;
use crate::state::Api;

/// A channel as it is sent.
#[derive(ToSchema)]
#[schema(as = ChannelInput)]
#[allow(dead_code, reason = "only its schema is used: reading it is the domain's")]
pub struct ChannelInputSchema {
    name: String,
    /// `email` or `webhook`
    kind: String,
    /// A mail address or a URL.
    target: String,
    /// `informational` when left out
    min_severity: Option<String>,
    /// `en` or `fr`; your own when left out
    language: Option<String>,
    enabled: Option<bool>,
}

/// Tell somebody of incidents
#[utoipa::path(post, path = "/channels", operation_id = "create_channel", tag = "channels", request_body = ChannelInputSchema, responses(
    (status = 201, body = ChannelWithSecret),
    (status = 422, description = "Not an address or URL that can be used", body = Problem, content_type = "application/problem+json"),
))]
pub async fn create(
    State(api): State<Api>,
    caller: Caller,
    Json(input): Json<ChannelInput>,
) -> Result<(StatusCode, Json<ChannelWithSecret>), Problem> {
    Ok((StatusCode::CREATED, Json(api.channels.create(&caller.scope, &input).await?.into())))
}
