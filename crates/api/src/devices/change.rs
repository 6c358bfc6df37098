use axum::extract::State;
use devices::Change;
use model::DeviceId;
use serde::Deserialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::view::Device;
use crate::caller::Caller;
use crate::extract::{self, Path};
use crate::incidents;
use crate::problem::Problem;
use crate::state::Api;

/// What is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceChange {
    name: Option<String>,
    /// What it sends from now on goes to this profile's table.
    profile: Option<String>,
    /// Merged into the desired state; null removes a key.
    #[schema(value_type = Option<Object>)]
    desired: Option<Json>,
}

/// Change a device
#[utoipa::path(patch, path = "/devices/{id}", operation_id = "change_device", tag = "devices", params(("id" = Uuid, Path)),
    request_body = DeviceChange, responses(
    (status = 200, body = Device),
    (status = 404, description = "No such device", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "The change cannot be made", body = Problem, content_type = "application/problem+json"),
))]
pub async fn change(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<DeviceId>,
    extract::Json(input): extract::Json<DeviceChange>,
) -> Result<extract::Json<Device>, Problem> {
    let change = Change { name: input.name, profile: input.profile, desired: input.desired };
    let detail = api.devices.change(&caller.scope, id, change).await?;
    let open = incidents::open_by_device(&api, &caller.scope).await?;
    Ok(extract::Json(Device::new(detail, open.get(&id).copied().unwrap_or_default())))
}
