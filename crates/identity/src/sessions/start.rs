use model::{Role, SessionId, TenantId, UserId};
use store::memberships;
use store::sessions::{self, Session};

use super::{PREFIX, Tokens};
use crate::{Identity, Origin, Result, SIGNING_IN, secret};

const MAX_CLIENT: usize = 200;

impl Identity {
    /// The person has proved who they are: a session with its first tokens.
    pub(crate) async fn start_session(
        &self,
        tenant: TenantId,
        user: UserId,
        role: Role,
        origin: &Origin,
    ) -> Result<Tokens> {
        let now = self.clock.now();
        let scope = SIGNING_IN.within(tenant);
        let session = Session {
            id: SessionId::generate(),
            tenant,
            user,
            chain_secret: secret::bytes().to_vec(),
            client: origin.client.chars().filter(|c| !c.is_control()).take(MAX_CLIENT).collect(),
            address: origin.address.to_canonical().to_string(),
            created_at: now,
            last_used_at: now,
            expires_at: now.plus(self.config.session_idle),
            ended_at: None,
            end_reason: None,
        };
        let refresh_token = secret::token(PREFIX);
        let tx = self.store.begin().await?;
        sessions::start(&tx, &scope, &session).await?;
        sessions::add_refresh_token(&tx, &scope, session.id, &secret::hash(&refresh_token), 0, now).await?;
        memberships::signed_in(&tx, &scope, user, now).await?;
        tx.commit().await?;
        tracing::info!(tenant.id = %tenant, actor.id = %user, "signed in");
        self.tokens(tenant, user, session.id, role, refresh_token)
    }

    pub(super) fn tokens(
        &self,
        tenant: TenantId,
        user: UserId,
        session: SessionId,
        role: Role,
        refresh_token: String,
    ) -> Result<Tokens> {
        Ok(Tokens {
            access_token: self.sign_access_token(tenant, user, session, role)?,
            refresh_token,
            token_type: "Bearer",
            expires_in: self.config.access_lifetime.as_secs(),
        })
    }
}
