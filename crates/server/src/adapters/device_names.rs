//! What people call their devices, for queries.

use std::collections::HashMap;
use std::sync::Arc;

use devices::Devices;
use lake::DeviceNames;
use model::{DeviceId, TenantId};

pub struct Names(pub Devices);

impl DeviceNames for Names {
    fn names(&self, tenant: TenantId) -> Arc<HashMap<DeviceId, String>> {
        self.0.names(tenant)
    }
}
