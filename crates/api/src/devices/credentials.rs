use axum::extract::State;
use model::DeviceId;

use super::view::CredentialsView;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::Api;

/// Give a device a new password
///
/// The old one stops at once.
#[utoipa::path(post, path = "/devices/{id}/credentials", operation_id = "renew_credentials", tag = "devices",
    params(("id" = Uuid, Path)), responses(
    (status = 200, body = CredentialsView),
    (status = 404, description = "No such device", body = Problem, content_type = "application/problem+json"),
))]
pub async fn renew(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<DeviceId>,
) -> Result<Json<CredentialsView>, Problem> {
    Ok(Json(api.devices.renew_credentials(&caller.scope, id).await?.into()))
}
