use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use devices::{DeviceStatus, NewDevice};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::CredentialsView;
use crate::caller::Caller;
use crate::extract::Json;
use crate::problem::Problem;
use crate::state::Api;
use crate::when::When;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceInput {
    #[schema(example = "Boiler room")]
    name: String,
    /// The kind of device: the name of its table in SQL. `generic` when left out.
    #[schema(example = "thermostat")]
    profile: Option<String>,
}

/// A device just added, with the credentials that are shown this once.
#[derive(Serialize, ToSchema)]
pub struct NewDeviceView {
    id: Uuid,
    name: String,
    status: String,
    profile: String,
    credentials: CredentialsView,
    created_at: When,
}

/// Add a device
#[utoipa::path(post, path = "/devices", operation_id = "create_device", tag = "devices", request_body = DeviceInput, responses(
    (status = 201, body = NewDeviceView),
    (status = 422, description = "The name or profile cannot be used", body = Problem, content_type = "application/problem+json"),
))]
pub async fn create(
    State(api): State<Api>,
    caller: Caller,
    Json(input): Json<DeviceInput>,
) -> Result<impl IntoResponse, Problem> {
    let new = NewDevice { name: input.name, profile: input.profile };
    let created = api.devices.create(&caller.scope, new).await?;
    let location = format!("/api/v1/devices/{}", created.id);
    let view = NewDeviceView {
        id: created.id.0,
        name: created.name.to_string(),
        status: DeviceStatus::Pending.as_str().to_owned(),
        profile: created.profile.to_string(),
        credentials: created.credentials.into(),
        created_at: When(created.created_at),
    };
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(view)))
}
