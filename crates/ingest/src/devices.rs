//! What ingest remembers of each device between messages. Bounded: idle devices are forgotten, and come back as new.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use model::{DeviceId, TenantId, Timestamp};
use parking_lot::Mutex;

use crate::conflicts::ProfileKinds;
use crate::problems::Problems;
use crate::window::Window;

const SHARDS: usize = 64;

pub(crate) struct DeviceState {
    pub tenant: TenantId,
    pub window: Window,
    pub problems: Problems,
    /// The kinds of the profile that it sent for last.
    pub kinds: Option<(Arc<str>, Arc<ProfileKinds>)>,
    /// The latest time that we gave to a message of it.
    pub given: Timestamp,
    pub used: Timestamp,
}

impl DeviceState {
    /// The server's time for a message without one: never twice the same for one device, so that the order of its
    /// messages is the order of their times.
    pub fn give_time(&mut self, now: Timestamp) -> Timestamp {
        self.given = now.max(Timestamp::from_micros(self.given.as_micros().saturating_add(1)));
        self.given
    }

    fn is_quiet(&self) -> bool {
        self.window.is_quiet() && self.problems.is_quiet()
    }
}

type Shard = Mutex<HashMap<DeviceId, Arc<Mutex<DeviceState>>>>;

pub(crate) struct DeviceStates {
    shards: Vec<Shard>,
    window: usize,
}

impl DeviceStates {
    pub fn new(window: usize) -> Self {
        Self { shards: (0..SHARDS).map(|_| Shard::default()).collect(), window }
    }

    pub fn get(&self, tenant: TenantId, device: DeviceId) -> Arc<Mutex<DeviceState>> {
        let fresh = || {
            Arc::new(Mutex::new(DeviceState {
                tenant,
                window: Window::new(self.window),
                problems: Problems::default(),
                kinds: None,
                given: Timestamp::EPOCH,
                used: Timestamp::EPOCH,
            }))
        };
        match self.shard(device) {
            Some(shard) => shard.lock().entry(device).or_insert_with(fresh).clone(),
            None => fresh(),
        }
    }

    /// The state of a device that is known; never makes one.
    pub fn known(&self, device: DeviceId) -> Option<Arc<Mutex<DeviceState>>> {
        self.shard(device)?.lock().get(&device).cloned()
    }

    fn shard(&self, device: DeviceId) -> Option<&Shard> {
        let mut hasher = DefaultHasher::new();
        device.hash(&mut hasher);
        self.shards.get(usize::try_from(hasher.finish() % SHARDS as u64).unwrap_or(0))
    }

    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().len()).sum()
    }

    /// Forgets devices that were idle for `idle`, and the longest idle ones beyond `most`.
    pub fn forget_idle(&self, now: Timestamp, idle: Duration, most: usize) {
        let most_per_shard = most.div_ceil(SHARDS);
        for shard in &self.shards {
            let mut devices = shard.lock();
            // Who holds a clone of the Arc is using it right now.
            let unused = |state: &Arc<Mutex<DeviceState>>| Arc::strong_count(state) == 1;
            devices.retain(|_, state| {
                !unused(state) || {
                    let mut state = state.lock();
                    state.window.settle();
                    now.since(state.used) < idle || !state.is_quiet()
                }
            });
            let surplus = devices.len().saturating_sub(most_per_shard);
            if surplus > 0 {
                let mut by_use: Vec<_> = devices
                    .iter()
                    .filter(|(_, state)| unused(state) && state.lock().is_quiet())
                    .map(|(id, state)| (state.lock().used, *id))
                    .collect();
                by_use.sort_unstable();
                for (_, id) in by_use.into_iter().take(surplus) {
                    devices.remove(&id);
                }
            }
        }
    }
}
