use axum::extract::State;
use identity::InvitationView;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::caller::Caller;
use crate::extract::Json;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::Api;
use crate::when::When;

/// An invitation that waits for its answer.
#[derive(Serialize, ToSchema)]
pub struct InvitationItem {
    id: Uuid,
    email: String,
    role: String,
    created_at: When,
    expires_at: When,
}

impl From<InvitationView> for InvitationItem {
    fn from(invitation: InvitationView) -> Self {
        Self {
            id: invitation.id,
            email: invitation.email,
            role: invitation.role.to_string(),
            created_at: When(invitation.created_at),
            expires_at: When(invitation.expires_at),
        }
    }
}

/// Invitations that wait for their answer
#[utoipa::path(get, path = "/people/invitations", operation_id = "list_invitations", tag = "people", responses((status = 200, body = Page<InvitationItem>)))]
pub async fn invitations(
    State(api): State<Api>,
    caller: Caller,
) -> Result<Json<Page<InvitationItem>>, Problem> {
    let invitations = api.identity.invitations(&caller.scope).await?;
    Ok(Json(Page::whole(invitations.into_iter().map(InvitationItem::from))))
}
