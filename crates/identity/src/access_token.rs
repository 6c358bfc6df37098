//! Access tokens: short-lived, signed, and readable by anyone who has our public keys.

use jsonwebtoken::{Algorithm, Header, Validation};
use model::{Role, SessionId, TenantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Error, Identity, Result};

/// Longer than any token of ours: what is longer is not parsed.
const MAX: usize = 2048;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    pub(crate) sub: UserId,
    pub(crate) tid: TenantId,
    pub(crate) sid: SessionId,
    /// The role when the token was made, for others who verify it. We look at the membership itself.
    role: Role,
    iat: i64,
    exp: i64,
    jti: Uuid,
}

impl Identity {
    pub(crate) fn sign_access_token(
        &self,
        tenant: TenantId,
        user: UserId,
        session: SessionId,
        role: Role,
    ) -> Result<String> {
        let now = self.clock.now();
        let signer = self.keys.signer(now)?;
        let claims = Claims {
            iss: self.config.issuer.clone(),
            sub: user,
            tid: tenant,
            sid: session,
            role,
            iat: seconds(now),
            exp: seconds(now.plus(self.config.access_lifetime)),
            jti: Uuid::now_v7(),
        };
        let header = Header { kid: Some(signer.kid), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &signer.key)
            .map_err(|why| Error::Internal(format!("an access token could not be signed: {why}")))
    }

    /// Signature, issuer and expiry. Whether the session still lives is another question.
    pub(crate) async fn read_access_token(&self, token: &str) -> Result<Claims> {
        if token.len() > MAX {
            return Err(Error::BadToken);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| Error::BadToken)?;
        let kid = header.kid.ok_or(Error::BadToken)?;
        let now = self.clock.now();
        let key = self.keys.verifier(&self.store, &kid, now).await?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.config.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        // The library asks the machine's clock; we ask ours.
        validation.validate_exp = false;
        let claims =
            jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(|_| Error::BadToken)?.claims;
        if claims.exp <= seconds(now) { Err(Error::ExpiredToken) } else { Ok(claims) }
    }
}

fn seconds(moment: Timestamp) -> i64 {
    moment.as_millis().div_euclid(1000)
}
