use model::{DeviceId, Permission, Scope, phrase};
use store::devices as rows;

use crate::{DeviceError, Devices};

impl Devices {
    /// Takes a device out. Its credentials stop at once and its live connections end; what it sent stays in the lake.
    ///
    /// # Errors
    /// The role does not allow it, there is no such device, or the store cannot be used.
    pub async fn delete(&self, scope: &Scope, id: DeviceId) -> Result<(), DeviceError> {
        scope.require(Permission::ManageDevices)?;
        rows::delete(&self.inner.store, scope, id, self.inner.clock.now()).await?;
        self.inner.directory.remove(scope.tenant(), id);
        self.link().forget(scope.tenant(), id, phrase!("device_deleted", "this device was deleted"));
        self.inner.twins.bury([id]);
        tracing::info!(tenant.id = %scope.tenant(), device.id = %id, "deleted a device");
        Ok(())
    }
}
