use axum::extract::State;
use model::DeviceId;

use super::find;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::page::Page;
use crate::problem::Problem;
use crate::profiles::view::{self, FieldView};
use crate::state::Api;

/// The fields of a device's profile
#[utoipa::path(get, path = "/devices/{id}/fields", operation_id = "list_device_fields", tag = "devices",
    params(("id" = Uuid, Path)), responses(
    (status = 200, body = Page<FieldView>),
    (status = 404, description = "No such device", body = Problem, content_type = "application/problem+json"),
))]
pub async fn fields(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<DeviceId>,
) -> Result<Json<Page<FieldView>>, Problem> {
    let profile = find::profile(&api, &caller.scope, id)?;
    let schema = api.lake.schemas(caller.scope.tenant()).into_iter().find(|schema| schema.table == profile);
    Ok(Json(Page::whole(view::fields(schema))))
}
