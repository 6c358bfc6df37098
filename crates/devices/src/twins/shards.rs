//! All twins, in shards, so that readers hold up the journal's reader for a moment at most.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use model::{DeviceId, TenantId};
use parking_lot::{Mutex, RwLock};

use super::twin::Twin;

const SHARDS: usize = 64;

pub(super) struct Shards {
    shards: Vec<Mutex<HashMap<DeviceId, Twin>>>,
    buried: RwLock<HashSet<DeviceId>>,
}

impl Shards {
    pub fn of(known: Vec<(DeviceId, Twin)>) -> Self {
        let shards =
            Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), buried: RwLock::default() };
        for (device, twin) in known {
            if let Some(shard) = shards.shard(device) {
                shard.lock().insert(device, twin);
            }
        }
        shards
    }

    fn shard(&self, device: DeviceId) -> Option<&Mutex<HashMap<DeviceId, Twin>>> {
        let mut hasher = DefaultHasher::new();
        device.hash(&mut hasher);
        self.shards.get(usize::try_from(hasher.finish() % SHARDS as u64).unwrap_or(0))
    }

    pub fn with<T>(&self, device: DeviceId, look: impl FnOnce(&Twin) -> T) -> Option<T> {
        self.shard(device)?.lock().get(&device).map(look)
    }

    pub fn change<T>(&self, device: DeviceId, change: impl FnOnce(&mut Twin) -> T) -> Option<T> {
        self.shard(device)?.lock().get_mut(&device).map(change)
    }

    /// Changes a twin that comes to be with its first record. Nothing for devices that were deleted, nor for a record
    /// of another tenant than the twin's.
    pub fn apply<T>(
        &self,
        tenant: TenantId,
        device: DeviceId,
        change: impl FnOnce(&mut Twin) -> T,
    ) -> Option<T> {
        if self.buried.read().contains(&device) {
            return None;
        }
        let mut shard = self.shard(device)?.lock();
        let twin = shard.entry(device).or_insert_with(|| Twin::new(tenant));
        (twin.tenant == tenant).then(|| change(twin))
    }

    pub fn each(&self, mut look: impl FnMut(DeviceId, &Twin)) {
        for shard in &self.shards {
            for (device, twin) in shard.lock().iter() {
                look(*device, twin);
            }
        }
    }

    pub fn change_each(&self, mut change: impl FnMut(DeviceId, &mut Twin)) {
        for shard in &self.shards {
            for (device, twin) in shard.lock().iter_mut() {
                change(*device, twin);
            }
        }
    }

    pub fn bury(&self, devices: impl IntoIterator<Item = DeviceId>) {
        let mut buried = self.buried.write();
        for device in devices {
            buried.insert(device);
            if let Some(shard) = self.shard(device) {
                shard.lock().remove(&device);
            }
        }
    }
}
