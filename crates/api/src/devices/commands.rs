use axum::extract::State;
use devices::Command;
use model::DeviceId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::PageRequest;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::page::Page;
use crate::problem::Problem;
use crate::state::Api;
use crate::when::When;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Params {
    cursor: Option<String>,
    /// How many at most: 50 when left out, and never more than 500.
    limit: Option<u32>,
}

/// Something that a device was told to do, and its answer.
#[derive(Serialize, ToSchema)]
pub struct CommandView {
    id: Uuid,
    name: String,
    params: Value,
    /// `sent`, `delivered`, `answered` or `expired`
    status: String,
    reply: Option<Value>,
    /// The id of who sent it, or `system`.
    sent_by: String,
    created_at: When,
    expires_at: When,
    delivered_at: Option<When>,
    answered_at: Option<When>,
}

impl From<Command> for CommandView {
    fn from(command: Command) -> Self {
        Self {
            id: command.id.0,
            name: command.name,
            params: command.params,
            status: command.status.as_str().to_owned(),
            reply: command.reply,
            sent_by: command.sent_by,
            created_at: When(command.created_at),
            expires_at: When(command.expires_at),
            delivered_at: command.delivered_at.map(When),
            answered_at: command.answered_at.map(When),
        }
    }
}

/// What a device was told to do, the latest first
#[utoipa::path(get, path = "/devices/{id}/commands", operation_id = "list_commands", tag = "devices",
    params(("id" = Uuid, Path), Params), responses(
    (status = 200, body = Page<CommandView>),
    (status = 404, description = "No such device", body = Problem, content_type = "application/problem+json"),
))]
pub async fn commands(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<DeviceId>,
    Query(params): Query<Params>,
) -> Result<Json<Page<CommandView>>, Problem> {
    let request = PageRequest { limit: params.limit, cursor: params.cursor };
    let page = api.devices.commands(&caller.scope, id, request).await?.map(CommandView::from);
    Ok(Json(Page { items: page.items, next_cursor: page.next_cursor }))
}
