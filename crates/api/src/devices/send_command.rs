use axum::extract::State;
use axum::http::StatusCode;
use devices::NewCommand;
use model::DeviceId;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::commands::CommandView;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::Api;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandInput {
    #[schema(example = "reboot")]
    name: String,
    #[serde(default)]
    #[schema(required = false)]
    params: Value,
    /// How long an answer is waited for: 60 seconds when left out.
    timeout_seconds: Option<u32>,
}

/// Tell a device to do something
///
/// It receives `{"id","name","params"}` on `commands/{id}` and answers on `commands/{id}/reply`.
#[utoipa::path(post, path = "/devices/{id}/commands", operation_id = "send_command", tag = "devices",
    params(("id" = Uuid, Path)), request_body = CommandInput, responses(
    (status = 201, body = CommandView),
    (status = 404, description = "No such device", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "The command is wrong", body = Problem, content_type = "application/problem+json"),
))]
pub async fn send(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<DeviceId>,
    Json(input): Json<CommandInput>,
) -> Result<(StatusCode, Json<CommandView>), Problem> {
    let new = NewCommand { name: input.name, params: input.params, timeout_seconds: input.timeout_seconds };
    let command = api.devices.send_command(&caller.scope, id, new).await?;
    Ok((StatusCode::CREATED, Json(command.into())))
}
