use model::{DeviceId, Permission, Scope};
use store::{devices as rows, profiles};

use super::{Created, NewDevice, check_name};
use crate::directory::Entry;
use crate::profiles::{GENERIC, check_slug};
use crate::{Credentials, DeviceError, Devices};

impl Devices {
    /// Registers a device. It is pending until it makes contact.
    ///
    /// # Errors
    /// The role does not allow it, the name or profile is not one, or the store cannot be used.
    pub async fn create(&self, scope: &Scope, new: NewDevice) -> Result<Created, DeviceError> {
        scope.require(Permission::ManageDevices)?;
        let name = check_name(&new.name)?;
        let profile = new.profile.as_deref().unwrap_or(GENERIC);
        check_slug(profile)?;
        let (id, now, credentials) = (DeviceId::generate(), self.inner.clock.now(), Credentials::generate());
        let row = rows::Device {
            id,
            tenant: scope.tenant(),
            name: name.to_owned(),
            profile: profile.to_owned(),
            username: credentials.username.clone(),
            password_hash: credentials.hash().to_text(),
            active: false,
            created_at: now,
        };
        let tx = self.inner.store.begin().await?;
        profiles::ensure(&tx, scope, profile, now).await?;
        rows::create(&tx, scope, &row).await?;
        tx.commit().await?;
        let entry = Entry {
            id,
            tenant: scope.tenant(),
            name: name.into(),
            folded: name.to_lowercase().into(),
            profile: profile.into(),
            username: credentials.username.as_str().into(),
            password: credentials.hash(),
            active: false,
            created_at: now,
        };
        let created = Created {
            id,
            name: entry.name.clone(),
            profile: entry.profile.clone(),
            credentials,
            created_at: now,
        };
        self.inner.directory.put(entry);
        tracing::info!(tenant.id = %scope.tenant(), device.id = %id, "added a device");
        Ok(created)
    }
}
