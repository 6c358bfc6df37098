//! The door to everything about devices.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use backplane::journal::Journal;
use model::{Clock, CommandId, DeviceId, Scope, TenantId};
use store::Store;
use tokio_util::sync::CancellationToken;

use crate::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DevicesConfig {
    pub twins: TwinsConfig,
}

/// Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Devices {}

#[allow(unused_variables, clippy::todo)]
impl Devices {
    /// Loads the registry from the store and the twins from their checkpoint in `dir` (created if missing).
    pub async fn open(
        store: Store,
        journal: Arc<dyn Journal>,
        dir: &Path,
        clock: Arc<dyn Clock>,
        config: DevicesConfig,
    ) -> Result<Self, DeviceError> {
        todo!()
    }
    /// The connections to send commands over. Once, before [`Self::run`].
    pub fn attach(&self, link: Arc<dyn DeviceLink>) {
        todo!()
    }
    /// Follows the journal (reader `twin`), watches for silence, expires commands; until cancelled, then checkpoints.
    pub async fn run(&self, cancel: CancellationToken) {
        todo!()
    }
    pub async fn create(&self, scope: &Scope, new: NewDevice) -> Result<Created, DeviceError> {
        todo!()
    }
    pub async fn list(&self, scope: &Scope, request: ListRequest) -> Result<DevicePage, DeviceError> {
        todo!()
    }
    pub fn counts(&self, scope: &Scope) -> Result<Counts, DeviceError> {
        todo!()
    }
    pub async fn get(&self, scope: &Scope, id: DeviceId) -> Result<DeviceDetail, DeviceError> {
        todo!()
    }
    /// Name and profile of a device, from memory. None for another tenant's.
    pub fn peek(&self, scope: &Scope, id: DeviceId) -> Option<(Arc<str>, Arc<str>)> {
        todo!()
    }
    pub async fn change(&self, scope: &Scope, id: DeviceId, change: Change) -> Result<DeviceDetail, DeviceError> {
        todo!()
    }
    /// Its credentials stop at once, its live connections end; what it sent stays in the lake.
    pub async fn delete(&self, scope: &Scope, id: DeviceId) -> Result<(), DeviceError> {
        todo!()
    }
    /// A new password. The old one stops at once.
    pub async fn renew_credentials(&self, scope: &Scope, id: DeviceId) -> Result<Credentials, DeviceError> {
        todo!()
    }
    /// Never touches the disk. `password` is None or empty when the user name is the password (access tokens).
    pub fn authenticate(&self, username: &str, password: Option<&[u8]>) -> Authentication {
        todo!()
    }
    /// For Bearer tokens: the password alone.
    pub fn authenticate_token(&self, token: &[u8]) -> Authentication {
        todo!()
    }
    /// Every device's name; the same Arc until one changes.
    pub fn names(&self, tenant: TenantId) -> Arc<HashMap<DeviceId, String>> {
        todo!()
    }
    pub async fn profiles(&self, scope: &Scope) -> Result<Vec<Profile>, DeviceError> {
        todo!()
    }
    pub async fn set_unit(&self, scope: &Scope, unit: FieldUnit) -> Result<(), DeviceError> {
        todo!()
    }
    /// The slugs of the tenant's profiles, from memory.
    pub fn slugs(&self, scope: &Scope) -> BTreeSet<Arc<str>> {
        todo!()
    }
    pub async fn send_command(&self, scope: &Scope, device: DeviceId, new: NewCommand) -> Result<Command, DeviceError> {
        todo!()
    }
    /// The latest first.
    pub async fn commands(
        &self,
        scope: &Scope,
        device: DeviceId,
        page: store::PageRequest,
    ) -> Result<store::Page<Command>, DeviceError> {
        todo!()
    }
    pub async fn command(&self, scope: &Scope, id: CommandId) -> Result<Command, DeviceError> {
        todo!()
    }
    pub fn rates(&self, scope: &Scope) -> Result<Rates, DeviceError> {
        todo!()
    }
    /// How many records of the journal the twins have not seen yet.
    pub fn lag(&self) -> u64 {
        todo!()
    }
}
