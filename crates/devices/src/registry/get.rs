use std::time::Duration;

use model::{Connectivity, DeviceId, Permission, Scope};
use store::devices as rows;

use super::{DeviceDetail, DeviceItem, DeviceStatus};
use crate::directory::Entry;
use crate::twins::{Counters, Twin, TwinView};
use crate::{DeviceError, Devices};

/// So long a look at one device waits for its twin to know what is durable already.
const PATIENCE: Duration = Duration::from_millis(100);
/// As many values stand in a line of the fleet.
const VALUES: usize = 4;

impl Devices {
    /// Everything about one device.
    ///
    /// # Errors
    /// The role does not allow it, there is no such device, or the store cannot be used.
    pub async fn get(&self, scope: &Scope, id: DeviceId) -> Result<DeviceDetail, DeviceError> {
        scope.require(Permission::ReadAll)?;
        let entry = self.inner.directory.find(scope.tenant(), id).ok_or(DeviceError::NotFound)?;
        let desired = rows::desired(&self.inner.store, scope, id).await?;
        self.inner.twins.settle(PATIENCE).await;
        let twin = self.inner.twins.with(id, |twin| twin.view(self.inner.twins.config()));
        Ok(DeviceDetail {
            item: self.item(&entry),
            twin: twin.unwrap_or_else(unheard),
            desired: desired.desired,
            desired_version: desired.version,
        })
    }

    /// One line of the fleet.
    pub(super) fn item(&self, entry: &Entry) -> DeviceItem {
        let mut item = DeviceItem {
            id: entry.id,
            name: entry.name.clone(),
            profile: entry.profile.clone(),
            username: entry.username.clone(),
            status: if entry.active { DeviceStatus::Active } else { DeviceStatus::Pending },
            connectivity: Connectivity::Never,
            last_seen: None,
            problems: 0,
            created_at: entry.created_at,
            values: Vec::new(),
        };
        self.inner.twins.with(entry.id, |twin: &Twin| {
            if twin.contacted {
                item.status = DeviceStatus::Active;
            }
            item.connectivity = twin.connectivity;
            item.last_seen = twin.last_seen;
            item.problems = twin.problem_count();
            item.values = twin.values(VALUES);
        });
        item
    }
}

fn unheard() -> TwinView {
    TwinView {
        telemetry: Vec::new(),
        connectivity: Connectivity::Never,
        reason: None,
        last_seen: None,
        rhythm: None,
        counters: Counters::default(),
        connection: None,
        problems: Vec::new(),
    }
}
