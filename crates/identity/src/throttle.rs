//! How often somebody may try to prove who they are.

use backplane::limits::Quota;
use model::RateLimit;

use crate::{Error, Identity, Origin, Result};

impl Identity {
    /// One attempt with a password for an account, known or not.
    pub(crate) async fn throttle_account(&self, email: &str, origin: &Origin) -> Result<()> {
        let quotas = self.config.throttling;
        self.throttle_address(origin).await?;
        self.hit("sign-in", &pair_key(email, origin), quotas.account_from_address).await?;
        self.hit("sign-in-account", &account_key(email), quotas.account).await
    }

    /// One attempt with a link's token, where no account is named.
    pub(crate) async fn throttle_address(&self, origin: &Origin) -> Result<()> {
        let key = format!("sign-in:address:{}", network(origin));
        self.hit("sign-in-address", &key, self.config.throttling.address).await
    }

    /// The right password shows that earlier mistakes were the person's own. The address keeps its count: otherwise
    /// one account of their own would let somebody guess on without end.
    pub(crate) async fn forgive_account(&self, email: &str, origin: &Origin) {
        self.limits.clear(&pair_key(email, origin)).await;
        self.limits.clear(&account_key(email)).await;
    }

    async fn hit(&self, policy: &'static str, key: &str, quota: Quota) -> Result<()> {
        let decision = self.limits.hit(key, quota).await;
        if decision.allowed {
            return Ok(());
        }
        tracing::warn!(
            retry_after_s = decision.retry_after.as_secs(),
            "sign-in attempts are being slowed down"
        );
        let quota = model::Quota::PerWindow { most: quota.burst.into(), seconds: quota.per.as_secs() };
        let limit = RateLimit { policy, quota };
        Err(Error::TooManyAttempts { retry_after: decision.retry_after, limit })
    }
}

fn account_key(email: &str) -> String {
    format!("sign-in:account:{}", crate::secret::hash(email))
}

fn pair_key(email: &str, origin: &Origin) -> String {
    format!("sign-in:pair:{}:{}", network(origin), crate::secret::hash(email))
}

/// An IPv6 customer has at least a /64: its addresses are one.
fn network(origin: &Origin) -> String {
    match origin.address.to_canonical() {
        std::net::IpAddr::V4(address) => address.to_string(),
        std::net::IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}
