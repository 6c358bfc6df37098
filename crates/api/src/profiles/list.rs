use axum::extract::State;

use super::view::{self, Profile};
use crate::caller::Caller;
use crate::extract::Json;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::Api;

/// The kinds of devices, and what each measures
#[utoipa::path(get, path = "/profiles", operation_id = "list_profiles", tag = "profiles", responses(
    (status = 200, body = Page<Profile>),
))]
pub async fn list(State(api): State<Api>, caller: Caller) -> Result<Json<Page<Profile>>, Problem> {
    let mut schemas = api.lake.schemas(caller.scope.tenant());
    let profiles = api.devices.profiles(&caller.scope).await?;
    Ok(Json(Page::whole(profiles.into_iter().map(|profile| {
        let at = schemas.iter().position(|schema| *schema.table == *profile.slug);
        let schema = at.map(|at| schemas.swap_remove(at));
        Profile {
            slug: profile.slug.to_string(),
            devices: profile.devices,
            rows: schema.as_ref().map_or(0, |schema| schema.rows),
            fields: view::fields(schema),
        }
    }))))
}
