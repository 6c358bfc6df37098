//! Signing in with a password. An unknown address, a wrong password and a person who has none look and last the same.

use model::UserId;
use store::memberships::{self, Membership, Place};
use store::users::{self, User};

use crate::password::Verdict;
use crate::{Error, Identity, Origin, Result, SIGNING_IN, Tokens, email};

impl Identity {
    /// Into the tenant that the person used last.
    ///
    /// # Errors
    /// As [`Self::sign_in_to`].
    pub async fn sign_in(&self, email: &str, password: &str, origin: &Origin) -> Result<Tokens> {
        self.sign_in_to(None, email, password, origin).await
    }

    /// Into one of the person's tenants, by its id or name; without one, into that which they used last.
    ///
    /// # Errors
    /// [`Error::WrongCredentials`], [`Error::BadInput`], [`Error::TooManyAttempts`], [`Error::Busy`]; with the right
    /// password also [`Error::Suspended`], [`Error::NoTenant`] and [`Error::UnknownTenant`]; or the store is out of
    /// reach.
    pub async fn sign_in_to(
        &self,
        tenant: Option<&str>,
        email: &str,
        password: &str,
        origin: &Origin,
    ) -> Result<Tokens> {
        let email = email::typed(email)?;
        let user = self.prove(&email, password, origin).await?;
        let membership = self.membership_to_use(user.id, tenant).await?;
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

    /// The tenant that was asked for, or else the one used last, of those that let the person in. Of several of the
    /// same name it is the one used last; an id says exactly which.
    pub(crate) async fn membership_to_use(&self, user: UserId, tenant: Option<&str>) -> Result<Membership> {
        let mut places = memberships::places_of_user(&self.store, &SIGNING_IN, user).await?;
        if places.is_empty() {
            return Err(Error::NoTenant);
        }
        if let Some(wanted) = tenant.map(str::trim).filter(|wanted| !wanted.is_empty()) {
            let name = wanted.to_lowercase();
            let is_wanted = |place: &Place| {
                place.membership.tenant.to_string() == name || place.tenant_name.to_lowercase() == name
            };
            places.retain(is_wanted);
            if places.is_empty() {
                return Err(Error::UnknownTenant);
            }
        }
        let open = places.into_iter().find(|place| !place.membership.suspended);
        open.map(|place| place.membership).ok_or(Error::Suspended)
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
