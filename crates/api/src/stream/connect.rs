//! `GET /stream`: checks what is asked for and upgrades the connection.

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::StatusCode;
use axum::response::Response;
use model::{DeviceId, Phrase, Quota, RateLimit, phrase};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::cursor::Cursor;
use super::follow::{Follower, Interest};
use super::frame::Frame;
use super::socket;
use super::topics::Topics;
use crate::caller::Caller;
use crate::extract::Query;
use crate::problem::Problem;
use crate::state::Api;

const SUBPROTOCOL: &str = "smartsecurity.v1";

/// Clients say nothing; what they send anyway is not collected.
const FROM_CLIENT_BYTES: usize = 4096;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Params {
    /// Where to go on: the cursor of the last frame that was seen. Without it, or empty, the stream begins now.
    cursor: Option<String>,
    /// Any of `values,events,status,incidents,problems`; all of them when left out.
    topics: Option<String>,
    /// Only what concerns this device.
    device: Option<Uuid>,
}

/// Follow what happens
///
/// A WebSocket of JSON frames. Browsers, which cannot set headers on it, offer the subprotocols `smartsecurity.v1` and
/// `bearer.<access_token>`. Records come in order and none is left out in silence: where something cannot be shown any
/// more, a `gap` frame says so. The stream ends with the session it was opened in.
#[utoipa::path(get, path = "/stream", operation_id = "open_stream", tag = "stream", params(Params), responses(
    (status = 101, description = "Switched to WebSocket; each text message is a frame", body = Frame),
    (status = 400, description = "Not a WebSocket request", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "The cursor or a topic is wrong", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many open streams", body = Problem, content_type = "application/problem+json"),
))]
pub async fn open(
    State(api): State<Api>,
    caller: Caller,
    Query(params): Query<Params>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    // An empty value says as much as none: a client that has no cursor yet may still write `cursor=`.
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let topics = match given(&params.topics) {
        Some(names) => {
            names.parse().map_err(|wrong: Phrase| Problem::invalid("stream_topic_unknown", &wrong))?
        }
        None => Topics::ALL,
    };
    let cursor = match given(&params.cursor) {
        Some(text) => Some(Cursor::decode(&text).ok_or_else(cursor_unreadable)?),
        None => None,
    };
    let upgrade = upgrade.map_err(|_| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "websocket_expected",
            &phrase!("websocket_expected", "This address speaks WebSocket only."),
        )
    })?;
    let tenant = caller.scope.tenant();
    let place = api
        .streams
        .enter(tenant, api.limits.streams_per_tenant)
        .ok_or_else(|| too_many(api.limits.streams_per_tenant))?;
    let interest = Interest { tenant, topics, device: params.device.map(DeviceId) };
    let follower = Follower::new(api.journal.clone(), interest, cursor);
    let upgrade = upgrade.max_message_size(FROM_CLIENT_BYTES).max_frame_size(FROM_CLIENT_BYTES);
    Ok(upgrade.protocols([SUBPROTOCOL]).on_upgrade(move |socket| async move {
        socket::run(socket, follower, api, caller).await;
        drop(place);
    }))
}

fn cursor_unreadable() -> Problem {
    Problem::invalid(
        "stream_cursor_invalid",
        &phrase!("stream_cursor_invalid", "This is not a cursor of the stream."),
    )
    .hint(&phrase!(
        "stream_cursor_invalid_hint",
        "Give back the `cursor` of a frame as it was, or leave it out to begin now.",
    ))
}

fn too_many(limit: usize) -> Problem {
    let problem = Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_streams",
        &phrase!("too_many_streams", "Your organisation has as many open streams as it may."),
    );
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    Problem { limit: Some(RateLimit { policy: "streams", quota: Quota::AtOnce { most } }), ..problem }
        .hint(&phrase!("too_many_streams_hint", "Close some: a browser tab needs one."))
}
