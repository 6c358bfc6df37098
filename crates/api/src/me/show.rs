use axum::extract::State;
use identity::Me;
use model::{Permission, Role};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::caller::Caller;
use crate::extract::Json;
use crate::problem::Problem;
use crate::state::Api;

/// Who is signed in, where, and what they may do.
#[derive(Serialize, ToSchema)]
pub struct MeView {
    user: UserView,
    tenant: TenantView,
    /// `owner`, `operator` or `viewer`
    #[schema(value_type = String)]
    role: Role,
    permissions: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub struct UserView {
    id: Uuid,
    email: String,
    name: String,
    /// `en` or `fr`
    language: String,
}

#[derive(Serialize, ToSchema)]
pub struct TenantView {
    id: Uuid,
    name: String,
}

impl From<Me> for MeView {
    fn from(me: Me) -> Self {
        let permissions = Permission::ALL.into_iter().filter(|permission| me.role.allows(*permission));
        Self {
            user: UserView {
                id: me.user.id.0,
                email: me.user.email,
                name: me.user.name,
                language: me.user.language,
            },
            tenant: TenantView { id: me.tenant.id.0, name: me.tenant.name },
            role: me.role,
            permissions: permissions.map(|permission| permission.as_str().to_owned()).collect(),
        }
    }
}

/// Who is signed in
#[utoipa::path(get, path = "/me", operation_id = "get_me", tag = "me", responses((status = 200, body = MeView)))]
pub async fn show(State(api): State<Api>, caller: Caller) -> Result<Json<MeView>, Problem> {
    Ok(Json(api.identity.me(&caller.scope).await?.into()))
}
