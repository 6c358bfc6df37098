//! Every device of the installation, in memory: who may connect, and what lists are made of.
//!
//! Loaded from the store on start and changed with it. About 400 bytes per device buy handshakes that never touch a
//! disk, and lists that filter by what the registry and the twins know together.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use model::{DeviceId, TenantId, Timestamp};
use parking_lot::{Mutex, RwLock};

use crate::credentials::PasswordHash;

/// One device.
#[derive(Clone)]
pub(crate) struct Entry {
    pub id: DeviceId,
    pub tenant: TenantId,
    pub name: Arc<str>,
    /// In lower case, for searching and sorting.
    pub folded: Arc<str>,
    pub profile: Arc<str>,
    pub username: Arc<str>,
    pub password: PasswordHash,
    pub active: bool,
    pub created_at: Timestamp,
}

/// One tenant's part.
#[derive(Default)]
pub(crate) struct TenantPart {
    pub devices: HashMap<DeviceId, Arc<Entry>>,
    /// In the order that people look for them.
    pub by_name: BTreeSet<(Arc<str>, DeviceId)>,
    pub profiles: BTreeSet<Arc<str>>,
    names: Option<Arc<HashMap<DeviceId, String>>>,
}

#[derive(Default)]
pub(crate) struct Directory {
    tenants: RwLock<HashMap<TenantId, Arc<RwLock<TenantPart>>>>,
    doors: RwLock<Doors>,
    /// Held by who changes an entry, so that two changes at once both count.
    changing: Mutex<()>,
}

/// The ways in.
#[derive(Default)]
struct Doors {
    by_username: HashMap<Arc<str>, Arc<Entry>>,
    by_password: HashMap<[u8; 32], Arc<Entry>>,
}

impl Directory {
    pub fn tenant(&self, tenant: TenantId) -> Arc<RwLock<TenantPart>> {
        if let Some(part) = self.tenants.read().get(&tenant) {
            return part.clone();
        }
        self.tenants.write().entry(tenant).or_default().clone()
    }

    pub fn find(&self, tenant: TenantId, id: DeviceId) -> Option<Arc<Entry>> {
        self.tenant(tenant).read().devices.get(&id).cloned()
    }

    pub fn by_username(&self, username: &str) -> Option<Arc<Entry>> {
        self.doors.read().by_username.get(username).cloned()
    }

    pub fn by_password(&self, password: &PasswordHash) -> Option<Arc<Entry>> {
        self.doors.read().by_password.get(password.as_bytes()).cloned()
    }

    /// Adds a device, or replaces what is known of it.
    pub fn put(&self, entry: Entry) {
        let entry = Arc::new(entry);
        let part = self.tenant(entry.tenant);
        let mut part = part.write();
        let known = part.devices.insert(entry.id, entry.clone());
        let renamed = known.as_ref().is_none_or(|known| known.name != entry.name);
        if renamed {
            if let Some(known) = &known {
                part.by_name.remove(&(known.folded.clone(), known.id));
            }
            part.by_name.insert((entry.folded.clone(), entry.id));
            part.names = None;
        }
        part.profiles.insert(entry.profile.clone());
        let mut doors = self.doors.write();
        if let Some(known) = known {
            doors.close(&known);
        }
        doors.by_username.insert(entry.username.clone(), entry.clone());
        doors.by_password.insert(*entry.password.as_bytes(), entry);
    }

    /// Changes what is known of a device, if it is still there.
    pub fn change(&self, tenant: TenantId, id: DeviceId, change: impl FnOnce(&mut Entry)) {
        let _changing = self.changing.lock();
        if let Some(entry) = self.find(tenant, id) {
            let mut entry = Entry::clone(&entry);
            change(&mut entry);
            self.put(entry);
        }
    }

    pub fn remove(&self, tenant: TenantId, id: DeviceId) {
        let _changing = self.changing.lock();
        let part = self.tenant(tenant);
        let mut part = part.write();
        if let Some(entry) = part.devices.remove(&id) {
            part.by_name.remove(&(entry.folded.clone(), id));
            part.names = None;
            self.doors.write().close(&entry);
        }
    }

    /// Every device's name. The same map until one changes.
    pub fn names(&self, tenant: TenantId) -> Arc<HashMap<DeviceId, String>> {
        let part = self.tenant(tenant);
        if let Some(names) = &part.read().names {
            return names.clone();
        }
        let mut part = part.write();
        let names: Arc<HashMap<_, _>> =
            Arc::new(part.devices.values().map(|entry| (entry.id, entry.name.to_string())).collect());
        part.names = Some(names.clone());
        names
    }
}

impl Doors {
    fn close(&mut self, entry: &Entry) {
        self.by_username.remove(&entry.username);
        self.by_password.remove(entry.password.as_bytes());
    }
}
