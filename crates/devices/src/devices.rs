//! The door to everything about devices: what is open while the server runs.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use backplane::journal::Journal;
use model::{Clock, DeviceId, Permission, Scope, SystemScope, TenantId, Timestamp};
use store::{Store, devices as rows, profiles as profile_rows};
use tokio_util::sync::CancellationToken;

use crate::commands::Underway;
use crate::credentials::PasswordHash;
use crate::directory::{Directory, Entry};
use crate::link::{DeviceLink, NoLink};
use crate::strays::Strays;
use crate::twins::{Errand, Twins};
use crate::{DeviceError, Rates, TwinsConfig};

/// Rows in one read while the registry is loaded.
const AT_ONCE: u32 = 5_000;

const LOADING: SystemScope = SystemScope::because("loading the registry on start");
const FOLLOWING: SystemScope = SystemScope::because("the journal told it");

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DevicesConfig {
    pub twins: TwinsConfig,
}

/// Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Devices {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub directory: Directory,
    pub twins: Twins,
    pub commands: Underway,
    link: OnceLock<Arc<dyn DeviceLink>>,
}

impl Devices {
    /// Loads the registry from the store and the twins from their checkpoint in `dir` (made if missing).
    ///
    /// # Errors
    /// The store or the journal cannot be used.
    pub async fn open(
        store: Store,
        journal: Arc<dyn Journal>,
        dir: &Path,
        clock: Arc<dyn Clock>,
        config: DevicesConfig,
    ) -> Result<Self, DeviceError> {
        let directory = load(&store).await?;
        let twins = Twins::open(journal, dir, clock.clone(), config.twins).await?;
        twins.bury(rows::deleted(&store, &LOADING, Timestamp::EPOCH).await?);
        let (commands, link) = (Underway::default(), OnceLock::new());
        Ok(Self { inner: Arc::new(Inner { store, clock, directory, twins, commands, link }) })
    }

    /// The connections to send commands over. Only the first call counts; call it before [`Self::run`].
    pub fn attach(&self, link: Arc<dyn DeviceLink>) {
        if self.inner.link.set(link).is_err() {
            tracing::warn!("devices have a link to their connections already");
        }
    }

    pub(crate) fn link(&self) -> &dyn DeviceLink {
        self.inner.link.get().map_or(&NoLink, AsRef::as_ref)
    }

    /// Follows the journal (as its reader `twin`), watches for silence and sees to commands, until cancelled.
    pub async fn run(&self, cancel: CancellationToken) {
        let errands = |errands: Vec<Errand>| async move {
            match self.run_errands(&errands).await {
                Ok(()) => true,
                Err(error) => {
                    tracing::warn!(%error, "could not note what devices did; trying again");
                    false
                }
            }
        };
        tokio::join!(
            self.inner.twins.follow(errands, cancel.clone()),
            self.inner.twins.watch(cancel.clone()),
            self.see_to_commands(cancel),
        );
    }

    async fn run_errands(&self, errands: &[Errand]) -> Result<(), DeviceError> {
        let store = &self.inner.store;
        let tx = store.begin().await?;
        let mut strays = Strays::default();
        for errand in errands {
            match errand {
                Errand::FirstContact { tenant, device, at } => {
                    rows::activate(&tx, &FOLLOWING.within(*tenant), *device, *at).await?;
                }
                Errand::Reply { tenant, device, command, json, at } => {
                    let scope = FOLLOWING.within(*tenant);
                    let answered =
                        store::commands::answered(&tx, &scope, *device, *command, json, *at).await?;
                    if !answered && !store::commands::is_of(&tx, &scope, *device, *command).await? {
                        strays.add(*tenant, *device, *command, json);
                    }
                }
            }
        }
        tx.commit().await?;
        self.inner.twins.tell(strays).await;
        for errand in errands {
            if let Errand::FirstContact { tenant, device, .. } = errand {
                self.inner.directory.change(*tenant, *device, |entry| entry.active = true);
            }
        }
        Ok(())
    }

    /// Every device's name; the same map until one changes.
    #[must_use]
    pub fn names(&self, tenant: TenantId) -> Arc<HashMap<DeviceId, String>> {
        self.inner.directory.names(tenant)
    }

    /// Name and profile of a device, from memory. None for another tenant's.
    #[must_use]
    pub fn peek(&self, scope: &Scope, id: DeviceId) -> Option<(Arc<str>, Arc<str>)> {
        let entry = self.inner.directory.find(scope.tenant(), id)?;
        Some((entry.name.clone(), entry.profile.clone()))
    }

    /// How many messages per minute the tenant's devices sent.
    ///
    /// # Errors
    /// The role does not allow it.
    pub fn rates(&self, scope: &Scope) -> Result<Rates, DeviceError> {
        scope.require(Permission::ReadAll)?;
        Ok(self.inner.twins.rates(scope))
    }

    /// What was wrong with the twins' checkpoint on this start, when they had to be rebuilt from what the journal still
    /// holds.
    #[must_use]
    pub fn unusable_checkpoint(&self) -> Option<&str> {
        self.inner.twins.unusable_checkpoint()
    }

    /// How many records of the journal the twins have not seen yet.
    #[must_use]
    pub fn lag(&self) -> u64 {
        self.inner.twins.lag()
    }
}

async fn load(store: &Store) -> Result<Directory, DeviceError> {
    let directory = Directory::default();
    for profile in profile_rows::all(store, &LOADING).await? {
        let part = directory.tenant(profile.tenant);
        part.write().profiles.insert(profile.slug.into());
    }
    let mut after = None;
    loop {
        let page = rows::all(store, &LOADING, after, AT_ONCE).await?;
        let Some(last) = page.last() else { return Ok(directory) };
        after = Some(last.id);
        for row in page {
            let Some(password) = PasswordHash::from_text(&row.password_hash) else {
                tracing::warn!(device.id = %row.id, "a device whose password hash cannot be read; make new credentials");
                continue;
            };
            directory.put(Entry {
                id: row.id,
                tenant: row.tenant,
                folded: row.name.to_lowercase().into(),
                name: row.name.into(),
                profile: row.profile.into(),
                username: row.username.into(),
                password,
                active: row.active,
                created_at: row.created_at,
            });
        }
    }
}
