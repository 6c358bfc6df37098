use axum::extract::State;
use axum::http::StatusCode;
use model::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::caller::Caller;
use crate::extract::Json;
use crate::problem::Problem;
use crate::state::Api;
use crate::when::When;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteInput {
    email: String,
    /// `owner`, `operator` or `viewer`
    #[schema(value_type = String)]
    role: Role,
}

/// An invitation just made. The link is shown this once: pass it on.
#[derive(Serialize, ToSchema)]
pub struct NewInvitation {
    id: Uuid,
    email: String,
    role: String,
    url: String,
    expires_at: When,
}

/// Invite somebody
#[utoipa::path(post, path = "/people/invitations", operation_id = "invite", tag = "people", request_body = InviteInput, responses(
    (status = 201, body = NewInvitation),
    (status = 409, description = "They belong to the tenant already", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "Not an address", body = Problem, content_type = "application/problem+json"),
))]
pub async fn invite(
    State(api): State<Api>,
    caller: Caller,
    Json(input): Json<InviteInput>,
) -> Result<(StatusCode, Json<NewInvitation>), Problem> {
    let invited = api.identity.invite(&caller.scope, &input.email, input.role).await?;
    let view = NewInvitation {
        id: invited.id,
        email: invited.email,
        role: invited.role.to_string(),
        url: format!("{}/invitations/{}", api.installation.endpoints().http.url, invited.token),
        expires_at: When(invited.expires_at),
    };
    Ok((StatusCode::CREATED, Json(view)))
}
