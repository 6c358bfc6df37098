use axum::extract::State;
use identity::PersonChange;
use model::{Role, UserId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::PersonItem;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::Api;

/// What is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonInput {
    /// `owner`, `operator` or `viewer`
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    /// A suspended person is signed out everywhere and cannot sign in.
    suspended: Option<bool>,
}

/// Change somebody's role, or suspend them
#[utoipa::path(patch, path = "/people/{id}", operation_id = "change_person", tag = "people", params(("id" = Uuid, Path)),
    request_body = PersonInput, responses(
    (status = 200, body = PersonItem),
    (status = 404, description = "No such person", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "They are the last owner", body = Problem, content_type = "application/problem+json"),
))]
pub async fn change(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<UserId>,
    Json(input): Json<PersonInput>,
) -> Result<Json<PersonItem>, Problem> {
    let change = PersonChange { role: input.role, suspended: input.suspended };
    Ok(Json(api.identity.change_person(&caller.scope, id, change).await?.into()))
}
