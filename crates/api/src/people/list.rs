use axum::extract::State;
use identity::PersonView;
use serde::{Deserialize, Serialize};
use store::PageRequest;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::caller::Caller;
use crate::extract::{Json, Query};
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

/// Somebody of the tenant.
#[derive(Serialize, ToSchema)]
pub struct PersonItem {
    id: Uuid,
    email: String,
    name: String,
    /// `owner`, `operator` or `viewer`
    role: String,
    suspended: bool,
    created_at: When,
    last_sign_in_at: Option<When>,
}

impl From<PersonView> for PersonItem {
    fn from(person: PersonView) -> Self {
        Self {
            id: person.id.0,
            email: person.email,
            name: person.name,
            role: person.role.to_string(),
            suspended: person.suspended,
            created_at: When(person.created_at),
            last_sign_in_at: person.last_sign_in_at.map(When),
        }
    }
}

/// Who belongs to the tenant
#[utoipa::path(get, path = "/people", operation_id = "list_people", tag = "people", params(Params), responses((status = 200, body = Page<PersonItem>)))]
pub async fn list(
    State(api): State<Api>,
    caller: Caller,
    Query(params): Query<Params>,
) -> Result<Json<Page<PersonItem>>, Problem> {
    let request = PageRequest { limit: params.limit, cursor: params.cursor };
    let page = api.identity.people(&caller.scope, &request).await?.map(PersonItem::from);
    Ok(Json(Page { items: page.items, next_cursor: page.next_cursor }))
}
