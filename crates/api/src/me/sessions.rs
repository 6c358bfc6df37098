use axum::extract::State;
use identity::SessionView;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::caller::Caller;
use crate::extract::Json;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::Api;
use crate::when::When;

/// A place where one is signed in.
#[derive(Serialize, ToSchema)]
pub struct SessionItem {
    id: Uuid,
    /// What the browser or program calls itself.
    client: String,
    address: String,
    created_at: When,
    last_used_at: When,
    expires_at: When,
    /// The one that asks.
    current: bool,
}

impl From<SessionView> for SessionItem {
    fn from(session: SessionView) -> Self {
        Self {
            id: session.id.0,
            client: session.client,
            address: session.address.to_string(),
            created_at: When(session.created_at),
            last_used_at: When(session.last_used_at),
            expires_at: When(session.expires_at),
            current: session.current,
        }
    }
}

/// Where one is signed in
#[utoipa::path(get, path = "/me/sessions", operation_id = "list_my_sessions", tag = "me", responses((status = 200, body = Page<SessionItem>)))]
pub async fn sessions(State(api): State<Api>, caller: Caller) -> Result<Json<Page<SessionItem>>, Problem> {
    let sessions = api.identity.sessions(&caller.scope).await?;
    Ok(Json(Page::whole(sessions.into_iter().map(SessionItem::from))))
}
