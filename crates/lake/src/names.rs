//! What people call their devices. Looked up when a query asks for `name`, so that a rename shows at once and costs
//! no rewriting.

use std::collections::HashMap;
use std::sync::Arc;

use model::{DeviceId, TenantId};

pub trait DeviceNames: Send + Sync + 'static {
    /// Called once per query that selects `name`; it answers from memory.
    fn names(&self, tenant: TenantId) -> Arc<HashMap<DeviceId, String>>;
}
