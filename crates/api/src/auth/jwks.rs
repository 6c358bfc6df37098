use axum::extract::State;

use crate::extract::Json;
use crate::state::Api;

/// The public keys that access tokens are signed with, at the well-known place outside the versioned API.
pub async fn jwks(State(api): State<Api>) -> Json<serde_json::Value> {
    Json(api.identity.jwks())
}
