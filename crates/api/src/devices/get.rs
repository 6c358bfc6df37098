use axum::extract::State;
use model::DeviceId;

use super::view::Device;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::incidents;
use crate::problem::Problem;
use crate::state::Api;

/// One device
#[utoipa::path(get, path = "/devices/{id}", operation_id = "get_device", tag = "devices", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Device),
    (status = 404, description = "No such device", body = Problem, content_type = "application/problem+json"),
))]
pub async fn get(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<DeviceId>,
) -> Result<Json<Device>, Problem> {
    let detail = api.devices.get(&caller.scope, id).await?;
    let open = incidents::open_by_device(&api, &caller.scope).await?;
    Ok(Json(Device::new(detail, open.get(&id).copied().unwrap_or_default())))
}
