use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::Api;
use crate::when::When;

#[derive(Serialize, ToSchema)]
pub struct InviteeView {
    email: String,
    tenant: String,
    /// `owner`, `operator` or `viewer`
    role: String,
    /// There is an account with this address: it joins with its own password.
    known: bool,
    expires_at: When,
}

/// What an invitation is for
#[utoipa::path(get, path = "/invitations/{token}", operation_id = "get_invitation", tag = "people",
    params(("token" = String, Path)), responses(
    (status = 200, body = InviteeView),
    (status = 404, description = "Not valid any more", body = Problem, content_type = "application/problem+json"),
))]
pub async fn invitation(
    State(api): State<Api>,
    Path(token): Path<String>,
) -> Result<Json<InviteeView>, Problem> {
    let invitee = api.identity.invitation(&token).await?;
    Ok(Json(InviteeView {
        email: invitee.email,
        tenant: invitee.tenant,
        role: invitee.role.to_string(),
        known: invitee.known,
        expires_at: When(invitee.expires_at),
    }))
}
