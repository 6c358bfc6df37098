use axum::extract::State;
use lake::{EventsRequest, StoredEvent};
use model::{DeviceId, phrase};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::find;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::page::{Page, page_size};
use crate::problem::Problem;
use crate::state::Api;
use crate::when::When;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Params {
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<When>,
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<When>,
    cursor: Option<String>,
    /// How many at most: 50 when left out, and never more than 500.
    limit: Option<u32>,
}

/// A security event.
#[derive(Serialize, ToSchema)]
pub struct EventView {
    /// Its number in the journal.
    id: String,
    ts: When,
    received_at: When,
    /// As the device sent it.
    #[schema(value_type = Object)]
    event: Box<RawValue>,
}

impl From<StoredEvent> for EventView {
    fn from(event: StoredEvent) -> Self {
        Self {
            id: event.offset.to_string(),
            ts: When(event.ts),
            received_at: When(event.received_at),
            event: RawValue::from_string(event.json).unwrap_or_else(|_| RawValue::NULL.to_owned()),
        }
    }
}

/// A device's security events, newest first
#[utoipa::path(get, path = "/devices/{id}/events", operation_id = "list_device_events", tag = "devices",
    params(("id" = Uuid, Path), Params), responses(
    (status = 200, body = Page<EventView>),
    (status = 404, description = "No such device", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "The range or cursor is wrong", body = Problem, content_type = "application/problem+json"),
))]
pub async fn events(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<DeviceId>,
    Query(params): Query<Params>,
) -> Result<Json<Page<EventView>>, Problem> {
    find::profile(&api, &caller.scope, id)?;
    let before = match params.cursor {
        Some(cursor) => Some(cursor.parse().map_err(|_| {
            let detail = phrase!("bad_cursor_of_list", "The cursor is not one that this list gave out.");
            Problem::invalid("bad_cursor", &detail)
        })?),
        None => None,
    };
    let limit = usize::try_from(page_size(params.limit)).unwrap_or(50);
    let (from, to) = (params.from.map(|when| when.0), params.to.map(|when| when.0));
    let request = EventsRequest { device: Some(id), from, to, before, limit: limit + 1 };
    let mut found = api.lake.events(&caller.scope, request).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| more).map(|event| event.offset.to_string());
    Ok(Json(Page { items: found.into_iter().map(EventView::from).collect(), next_cursor }))
}
