//! A store, a journal, a clock that stands still, and connections that remember what they were asked to do.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use backplane::journal::{Journal, LocalJournal, LocalJournalConfig};
use bytes::Bytes;
use devices::{Created, Delivery, DeviceDetail, DeviceLink, Devices, DevicesConfig, NewDevice};
use model::{
    Actor, Body, Clock, DeviceEvent, DeviceId, Phrase, Point, Presence, Record, Role, Scope, SessionId,
    SystemScope, Telemetry, TenantId, Timestamp, UserId, Value,
};
use parking_lot::Mutex;
use store::Store;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::refusing::RefusingJournal;

pub const NOW: Timestamp = Timestamp::from_millis(1_763_750_000_000);
pub const SYSTEM: SystemScope = SystemScope::because("test");
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Clockwork(Mutex<Timestamp>);

impl Clock for Clockwork {
    fn now(&self) -> Timestamp {
        *self.0.lock()
    }
}

#[derive(Default)]
pub struct Connections {
    pub delivered: Mutex<Vec<(DeviceId, String, Bytes)>>,
    pub cut: Mutex<Vec<(DeviceId, String)>>,
    pub forgotten: Mutex<Vec<DeviceId>>,
    pub subscribed: Mutex<bool>,
    /// The device acknowledges what it gets (QoS 1).
    pub assured: Mutex<bool>,
}

#[async_trait]
impl DeviceLink for Connections {
    async fn deliver(&self, _: TenantId, device: DeviceId, topic: &str, payload: Bytes) -> Delivery {
        if !*self.subscribed.lock() {
            return Delivery::NoSubscriber;
        }
        let message = (device, topic.to_owned(), payload);
        let mut delivered = self.delivered.lock();
        if !*self.assured.lock() {
            delivered.push(message);
            return Delivery::Sent;
        }
        // As the broker does: on its way only once.
        if !delivered.contains(&message) {
            delivered.push(message);
        }
        Delivery::Queued
    }

    fn cut(&self, _: TenantId, device: DeviceId, reason: Phrase) {
        self.cut.lock().push((device, reason.to_string()));
    }

    fn forget(&self, _: TenantId, device: DeviceId, _: Phrase) {
        self.forgotten.lock().push(device);
    }
}

pub struct World {
    pub dir: tempfile::TempDir,
    pub store: Store,
    pub journal: Arc<RefusingJournal>,
    pub clock: Arc<Clockwork>,
    pub link: Arc<Connections>,
    pub devices: Devices,
    pub scope: Scope,
    running: Option<(CancellationToken, JoinHandle<()>)>,
}

impl World {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", dir.path().join("store.db").display())).await.unwrap();
        let journal = LocalJournal::open(dir.path().join("journal"), LocalJournalConfig::default()).unwrap();
        let journal = RefusingJournal::new(journal);
        let clock = Arc::new(Clockwork(Mutex::new(NOW)));
        let link = Arc::new(Connections::default());
        let devices = open(&store, &journal, &clock, &link, dir.path().join("twins")).await;
        let scope = tenant(&store).await;
        Self { dir, store, journal, clock, link, devices, scope, running: None }
    }

    /// Follows the journal in the background, as a server does.
    pub fn start(&mut self) {
        let (cancel, devices) = (CancellationToken::new(), self.devices.clone());
        let stop = cancel.clone();
        self.running = Some((cancel, tokio::spawn(async move { devices.run(stop).await })));
    }

    pub async fn stop(&mut self) {
        if let Some((cancel, task)) = self.running.take() {
            cancel.cancel();
            task.await.unwrap();
        }
    }

    /// Stops, and starts anew from what is on disk.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.devices =
            open(&self.store, &self.journal, &self.clock, &self.link, self.dir.path().join("twins")).await;
        self.start();
    }

    pub fn pass(&self, seconds: i64) {
        let mut now = self.clock.0.lock();
        *now = Timestamp::from_micros(now.as_micros() + seconds * 1_000_000);
    }

    pub async fn add(&self, name: &str) -> Created {
        self.devices.create(&self.scope, NewDevice { name: name.into(), profile: None }).await.unwrap()
    }

    pub async fn append(&self, device: DeviceId, body: Body) {
        let (tenant, at) = (self.scope.tenant(), self.clock.now());
        let record = Record { tenant, device: Some(device), at, body };
        self.journal.append(vec![record.encode().unwrap()]).await.unwrap();
    }

    pub async fn measure(&self, device: DeviceId, ts: i64, field: &str, value: f64) {
        let point =
            Point { ts: Timestamp::from_millis(ts), values: vec![(field.into(), Value::Number(value))] };
        self.append(device, Body::Telemetry(Telemetry::of("p", vec![point]))).await;
    }

    pub async fn event(&self, device: DeviceId) {
        let (ts, json) = (self.clock.now(), "{\"a\":1}".into());
        self.append(device, Body::Event(DeviceEvent { profile: "p".into(), ts, identity: None, json })).await;
    }

    /// The twins' monitor has looked at everything twice since now.
    pub async fn looked(&self) {
        let looks = self.journal.looks();
        eventually(async || self.journal.looks() >= looks + 2).await;
    }

    pub async fn connect(&self, device: DeviceId) {
        let (protocol, client_id, address) = ("MQTT 5.0".into(), "c1".into(), "10.0.0.7:4711".into());
        self.append(device, Body::Presence(Presence::Connected { protocol, client_id, address })).await;
    }

    pub async fn get(&self, device: DeviceId) -> DeviceDetail {
        self.devices.get(&self.scope, device).await.unwrap()
    }

    /// Looks at a device until it is as it should be.
    pub async fn until(&self, device: DeviceId, right: impl Fn(&DeviceDetail) -> bool) -> DeviceDetail {
        let mut last = None;
        eventually(async || {
            let detail = self.get(device).await;
            let done = right(&detail);
            last = Some(detail);
            done
        })
        .await;
        last.unwrap()
    }

    pub fn person(&self, role: Role) -> Scope {
        let actor = Actor::User { id: UserId::generate(), role, session: SessionId::generate() };
        Scope::authenticated(self.scope.tenant(), actor)
    }
}

pub async fn eventually(mut done: impl AsyncFnMut() -> bool) {
    let tries = async {
        while !done().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, tries).await.expect("it never came to be");
}

pub async fn tenant(store: &Store) -> Scope {
    let id = TenantId::generate();
    let tenant = store::tenants::Tenant { id, name: "a".into(), created_at: NOW };
    store::tenants::create(store, &SYSTEM, &tenant).await.unwrap();
    SYSTEM.within(id)
}

fn open<'a>(
    store: &Store,
    journal: &Arc<RefusingJournal>,
    clock: &Arc<Clockwork>,
    link: &Arc<Connections>,
    dir: PathBuf,
) -> impl Future<Output = Devices> + 'a {
    let (store, journal, clock, link) = (store.clone(), journal.clone(), clock.clone(), link.clone());
    async move {
        let mut config = DevicesConfig::default();
        config.twins.watch_every = Duration::from_millis(20);
        // These tests turn the clock; that is no stall.
        config.twins.stall = Duration::from_secs(24 * 60 * 60);
        let devices = Devices::open(store, journal, &dir, clock, config).await.unwrap();
        devices.attach(link);
        devices
    }
}
