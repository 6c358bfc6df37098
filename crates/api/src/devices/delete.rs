use axum::extract::State;
use axum::http::StatusCode;
use model::DeviceId;

use crate::caller::Caller;
use crate::extract::Path;
use crate::problem::Problem;
use crate::state::Api;

/// Remove a device
///
/// Its credentials stop at once and its connection ends; what it sent stays queryable.
#[utoipa::path(delete, path = "/devices/{id}", operation_id = "delete_device", tag = "devices", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Removed"),
    (status = 404, description = "No such device", body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<DeviceId>,
) -> Result<StatusCode, Problem> {
    api.devices.delete(&caller.scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
