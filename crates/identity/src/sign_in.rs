//! Signing in with a password. An unknown address, a wrong password and a person who has none look and last the same.

use store::memberships::{self, Membership};
use store::users::{self, User};

use crate::password::Verdict;
use crate::{Error, Identity, Origin, Result, SIGNING_IN, Tokens, email};

impl Identity {
    /// # Errors
    /// [`Error::WrongCredentials`], [`Error::TooManyAttempts`], [`Error::Busy`]; with the right password also
    /// [`Error::Suspended`] and [`Error::NoTenant`]; or the store is out of reach.
    pub async fn sign_in(&self, email: &str, password: &str, origin: &Origin) -> Result<Tokens> {
        let email = email::normalise(email);
        let user = self.prove(&email, password, origin).await?;
        let membership = self.membership_to_use(&user).await?;
        self.start_session(membership.tenant, user.id, membership.role, origin).await
    }

    /// The person with this address, if the password is theirs.
    pub(crate) async fn prove(&self, email: &str, password: &str, origin: &Origin) -> Result<User> {
        self.throttle_account(email, origin).await?;
        let user = users::by_email(&self.store, &SIGNING_IN, email).await?;
        let stored = user.as_ref().map(|user| user.password_hash.as_str());
        let verdict = self.hasher.verify(password, stored).await?;
        let Some(user) = user.filter(|_| verdict != Verdict::Wrong) else {
            return Err(Error::WrongCredentials);
        };
        self.forgive_account(email, origin).await;
        if verdict == Verdict::RightButCheap {
            self.renew_hash(&user, password).await;
        }
        Ok(user)
    }

    /// The tenant that the person used last, of those that let them in.
    async fn membership_to_use(&self, user: &User) -> Result<Membership> {
        let all = memberships::of_user(&self.store, &SIGNING_IN, user.id).await?;
        let none = if all.is_empty() { Error::NoTenant } else { Error::Suspended };
        all.into_iter().find(|membership| !membership.suspended).ok_or(none)
    }

    /// The cost was raised since this hash was made. It can wait when it does not work now.
    async fn renew_hash(&self, user: &User, password: &str) {
        let renewed = async {
            let hash = self.hasher.hash(password).await?;
            let memberships = memberships::of_user(&self.store, &SIGNING_IN, user.id).await?;
            let Some(membership) = memberships.first() else { return Ok(()) };
            let scope = SIGNING_IN.within(membership.tenant);
            users::set_password_hash(&self.store, &scope, user.id, &hash).await?;
            Ok::<(), Error>(())
        };
        if let Err(error) = renewed.await {
            tracing::warn!(actor.id = %user.id, %error, "a password's hash could not be renewed");
        }
    }
}
