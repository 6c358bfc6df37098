use axum::extract::State;
use model::DeviceId;
use serde::Serialize;
use utoipa::ToSchema;

use super::find;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::Api;
use crate::when::When;

/// How far back a device's measurements reach.
#[derive(Serialize, ToSchema)]
pub struct HistoryRange {
    first: Option<When>,
    last: Option<When>,
    rows: u64,
}

/// How far back a device's measurements reach
#[utoipa::path(get, path = "/devices/{id}/history-range", operation_id = "get_history_range", tag = "devices",
    params(("id" = Uuid, Path)), responses(
    (status = 200, body = HistoryRange),
    (status = 404, description = "No such device", body = Problem, content_type = "application/problem+json"),
))]
pub async fn extent(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<DeviceId>,
) -> Result<Json<HistoryRange>, Problem> {
    let profile = find::profile(&api, &caller.scope, id)?;
    let extent = api.lake.extent(&caller.scope, &profile, Some(id)).await?;
    Ok(Json(HistoryRange { first: extent.first.map(When), last: extent.last.map(When), rows: extent.rows }))
}
