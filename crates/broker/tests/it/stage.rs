//! A broker on a free port, between a gatekeeper, an intake and a watcher that tests look into and steer.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use broker::{
    Broker, BrokerConfig, Client, Decision, Denied, Departure, Gatekeeper, Hello, Inbound, Intake,
    MemorySessionStore, Outcome, Refusal, RefusalCode, RefusedReason, SessionStore, Unavailable, Violation,
    Watcher,
};
use futures::FutureExt;
use futures::future::BoxFuture;
use model::{Clock, DeviceId, Phrase, TenantId, Timestamp};
use parking_lot::Mutex;
use tokio::sync::watch;

/// Everything that a test waits for must have happened by then.
pub const DEADLINE: Duration = Duration::from_secs(10);

pub struct Stage {
    pub broker: Broker,
    pub intake: Arc<FakeIntake>,
    pub watcher: Arc<FakeWatcher>,
    pub gate: Arc<FakeGate>,
    pub clock: Arc<FakeClock>,
    pub sessions: Arc<dyn SessionStore>,
    /// The device behind the username `lamp`.
    pub lamp: Client,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut BrokerConfig)) -> Self {
        Self::on(Arc::new(MemorySessionStore::default()), device(), change).await
    }

    pub async fn on(
        sessions: Arc<dyn SessionStore>,
        lamp: Client,
        change: impl FnOnce(&mut BrokerConfig),
    ) -> Self {
        let mut config = BrokerConfig {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            sweep_interval: Duration::from_millis(20),
            ..BrokerConfig::default()
        };
        change(&mut config);
        let gate = Arc::new(FakeGate::default());
        gate.clients.lock().insert("lamp".to_owned(), lamp.clone());
        let intake = Arc::new(FakeIntake::default());
        let watcher = Arc::new(FakeWatcher::default());
        let clock = Arc::new(FakeClock::default());
        let broker = Broker::start(
            config,
            gate.clone(),
            intake.clone(),
            watcher.clone(),
            sessions.clone(),
            clock.clone(),
        )
        .await
        .unwrap();
        Self { broker, intake, watcher, gate, clock, sessions, lamp }
    }

    pub fn add_device(&self, username: &str, client: Client) {
        self.gate.clients.lock().insert(username.to_owned(), client);
    }

    pub fn deliver(&self, topic: &str, payload: &str, qos: broker::QoS) -> broker::Delivery {
        self.broker.deliver(self.lamp.tenant, self.lamp.device, topic, payload.to_owned().into(), qos)
    }
}

pub fn device() -> Client {
    Client { tenant: TenantId::generate(), device: DeviceId::generate(), profile: "lamp".into() }
}

/// Waits until the condition holds.
pub async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let give_up = tokio::time::Instant::now() + DEADLINE;
    while !condition() {
        assert!(tokio::time::Instant::now() < give_up, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Lets in who is in the book with the password `secret`, and knows the topics of the contract.
#[derive(Default)]
pub struct FakeGate {
    pub clients: Mutex<HashMap<String, Client>>,
    /// How often it was asked.
    pub asked: AtomicUsize,
    /// Its answers wait while this is closed: true lets them go.
    slow: Mutex<Option<watch::Receiver<bool>>>,
}

impl FakeGate {
    /// From now on it decides at once, but answers only when the returned sender says true.
    pub fn answer_later(&self) -> watch::Sender<bool> {
        let (sender, receiver) = watch::channel(false);
        *self.slow.lock() = Some(receiver);
        sender
    }
}

#[async_trait]
impl Gatekeeper for FakeGate {
    async fn admit(&self, hello: &Hello) -> Result<Client, Refusal> {
        let client = hello.username.as_ref().and_then(|name| self.clients.lock().get(name).cloned());
        self.asked.fetch_add(1, Ordering::SeqCst);
        let slow = self.slow.lock().clone();
        if let Some(mut slow) = slow {
            slow.wait_for(|go| *go).await.unwrap();
        }
        match (client, hello.password.as_deref()) {
            (Some(client), Some(b"secret")) => Ok(client),
            _ => Err(Refusal {
                code: RefusalCode::BadCredentials,
                explanation: Phrase::plain("the password does not belong to this username"),
            }),
        }
    }

    fn may_publish(&self, _: &Client, topic: &str) -> Decision {
        if matches!(topic, "telemetry" | "events") || topic.ends_with("/reply") {
            return Decision::Allow;
        }
        Decision::Deny { explanation: Phrase::plain("publish to telemetry or events") }
    }

    fn may_subscribe(&self, _: &Client, filter: &str) -> Decision {
        if filter.starts_with("commands/") {
            return Decision::Allow;
        }
        Decision::Deny { explanation: Phrase::plain("subscribe to commands/#") }
    }
}

/// Keeps messages in memory. Batches become durable at once, or when the test says so, or never.
pub struct FakeIntake {
    pub taken: Mutex<Vec<(DeviceId, Inbound)>>,
    pub denied: Mutex<Vec<Denied>>,
    /// Sizes of the batches, in order.
    pub batches: Mutex<Vec<usize>>,
    /// So many batches are durable; those above wait.
    durable: watch::Sender<usize>,
    broken: Mutex<Option<String>>,
    broken_once: Mutex<Option<String>>,
}

impl Default for FakeIntake {
    fn default() -> Self {
        Self {
            taken: Mutex::default(),
            denied: Mutex::default(),
            batches: Mutex::default(),
            durable: watch::Sender::new(usize::MAX),
            broken: Mutex::default(),
            broken_once: Mutex::default(),
        }
    }
}

impl FakeIntake {
    pub fn hold(&self) {
        self.durable.send_replace(0);
    }

    /// The first `batches` are durable now.
    pub fn release(&self, batches: usize) {
        self.durable.send_replace(batches);
    }

    pub fn release_all(&self) {
        self.release(usize::MAX);
    }

    pub fn fail(&self, detail: Option<&str>) {
        *self.broken.lock() = detail.map(str::to_owned);
    }

    /// The next batch is not kept.
    pub fn fail_once(&self, detail: &str) {
        *self.broken_once.lock() = Some(detail.to_owned());
    }

    pub fn payloads(&self) -> Vec<String> {
        let taken = self.taken.lock();
        taken.iter().map(|(_, message)| String::from_utf8_lossy(&message.payload).into_owned()).collect()
    }

    fn wait(&self) -> BoxFuture<'static, Result<(), Unavailable>> {
        let number = {
            let mut batches = self.batches.lock();
            batches.push(0);
            batches.len()
        };
        let mut durable = self.durable.subscribe();
        let broken = self.broken_once.lock().take().or_else(|| self.broken.lock().clone());
        async move {
            if let Some(detail) = broken {
                return Err(Unavailable { detail });
            }
            durable.wait_for(|&durable| durable >= number).await.unwrap();
            Ok(())
        }
        .boxed()
    }
}

impl Intake for FakeIntake {
    fn take(
        &self,
        client: &Client,
        messages: Vec<Inbound>,
    ) -> BoxFuture<'static, Result<Vec<Outcome>, Unavailable>> {
        let broken = self.broken_once.lock().is_some() || self.broken.lock().is_some();
        let durable = self.wait();
        if let Some(last) = self.batches.lock().last_mut() {
            *last = messages.len();
        }
        let outcomes = messages
            .iter()
            .map(|message| match &message.payload[..] {
                b"not json" => Outcome::Refused {
                    reason: RefusedReason::PayloadInvalid,
                    explanation: "the payload is not JSON".to_owned(),
                },
                _ => Outcome::Accepted,
            })
            .collect();
        if !broken {
            self.taken.lock().extend(messages.into_iter().map(|message| (client.device, message)));
        }
        durable.map(|durable| durable.map(|()| outcomes)).boxed()
    }

    fn refuse(&self, _: &Client, messages: Vec<Denied>) -> BoxFuture<'static, Result<(), Unavailable>> {
        let durable = self.wait();
        self.denied.lock().extend(messages);
        durable
    }
}

#[derive(Default)]
pub struct FakeWatcher {
    pub notes: Mutex<Vec<String>>,
    pub violations: Mutex<Vec<Violation>>,
    pub departures: Mutex<Vec<Departure>>,
}

impl FakeWatcher {
    pub fn has(&self, note: &str) -> bool {
        self.notes.lock().iter().any(|known| known == note)
    }
}

impl Watcher for FakeWatcher {
    fn connected(&self, _: &Client, hello: &Hello) {
        assert!(hello.password.is_none());
        self.notes.lock().push(format!("connected {}", hello.client_id));
    }

    fn disconnected(&self, _: &Client, departure: &Departure) {
        self.notes.lock().push(format!("disconnected {}", departure.client_id));
        self.departures.lock().push(departure.clone());
    }

    fn violated(&self, _: &Client, violation: &Violation) {
        self.violations.lock().push(violation.clone());
    }

    fn acknowledged(&self, _: &Client, topic: &str) {
        self.notes.lock().push(format!("acknowledged {topic}"));
    }
}

/// Stands still until it is told to move.
#[derive(Default)]
pub struct FakeClock(Mutex<Timestamp>);

impl FakeClock {
    pub fn advance(&self, by: Duration) {
        let mut now = self.0.lock();
        *now = now.plus(by);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.0.lock()
    }
}
