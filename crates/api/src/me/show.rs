use axum::extract::State;
use identity::{Me, OwnTenant};
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
    /// All that let this person in: `POST /auth/switch` leads to each.
    tenants: Vec<OwnTenantView>,
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

#[derive(Serialize, ToSchema)]
pub struct OwnTenantView {
    id: Uuid,
    name: String,
    /// `owner`, `operator` or `viewer`, there
    #[schema(value_type = String)]
    role: Role,
    /// The one that this session is in.
    current: bool,
}

impl From<OwnTenant> for OwnTenantView {
    fn from(own: OwnTenant) -> Self {
        Self { id: own.id.0, name: own.name, role: own.role, current: own.current }
    }
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
            tenants: me.tenants.into_iter().map(OwnTenantView::from).collect(),
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
