use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use model::phrase;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::caller::Proof;
use crate::extract::MaybeJson;
use crate::problem::Problem;
use crate::state::Api;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogoutInput {
    refresh_token: String,
}

/// Sign out
///
/// The session of the refresh token; without a body, that of the access token in the header.
#[utoipa::path(post, path = "/auth/logout", operation_id = "logout", tag = "auth", request_body = Option<LogoutInput>, responses(
    (status = 204, description = "The session has ended"),
    (status = 401, description = "Neither token was given", body = Problem, content_type = "application/problem+json"),
))]
pub async fn logout(
    State(api): State<Api>,
    proof: Option<Extension<Proof>>,
    MaybeJson(input): MaybeJson<LogoutInput>,
) -> Result<StatusCode, Problem> {
    match (input, proof) {
        (Some(input), _) => api.identity.sign_out(&input.refresh_token).await?,
        (None, Some(Extension(Proof::Given(caller)))) => {
            api.identity.end_session(&caller.scope, caller.session).await?;
        }
        (None, Some(Extension(Proof::Wrong(problem)))) => return Err(*problem),
        (None, None) => {
            let detail = phrase!(
                "nothing_to_sign_out",
                "There is nothing to sign out: the request has neither a refresh nor an access token.",
            );
            return Err(Problem::unauthenticated(&detail));
        }
    }
    Ok(StatusCode::NO_CONTENT)
}
