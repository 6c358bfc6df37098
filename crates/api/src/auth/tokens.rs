use identity::Tokens;
use serde::Serialize;
use utoipa::ToSchema;

/// Proof of being signed in.
#[derive(Serialize, ToSchema)]
pub struct TokensView {
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    /// Good for one exchange at `POST /auth/refresh`.
    refresh_token: String,
    /// `Bearer`
    token_type: String,
    /// Seconds until the access token expires.
    expires_in: u64,
}

impl From<Tokens> for TokensView {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            token_type: "Bearer".to_owned(),
            expires_in: tokens.expires_in,
        }
    }
}
