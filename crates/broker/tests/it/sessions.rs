use crate::raw::{Hello, LASTING, Raw, V3, V5, ack, publish, publish5};
use crate::stage::{Stage, until};
use async_trait::async_trait;
use broker::{Delivery, MemorySessionStore, QoS, SessionChange, SessionKey, SessionStore, SessionStoreError};
use bytes::Bytes;
use model::Phrase;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;

const STAYS: Hello<'static> = Hello { clean: false, ..V3 };

#[tokio::test]
async fn a_session_lives_through_a_restart_with_what_waits_in_it() {
    let first = Stage::new().await;
    let mut raw = Raw::connect(&first, STAYS).await;
    raw.subscribe(4, "commands/#", 1).await;
    raw.send(&[0xe0, 0]).await;
    raw.expect_end().await;
    assert_eq!(first.deliver("commands/1", "a", QoS::AtLeastOnce), Delivery::Queued);
    first.broker.shutdown().await;

    let second = Stage::on(Arc::clone(&first.sessions), first.lamp.clone(), |_| {}).await;
    assert_eq!(second.deliver("commands/2", "b", QoS::AtLeastOnce), Delivery::Queued);
    let (mut raw, connack) = Raw::hello(&second, STAYS).await;
    assert_eq!(connack.body, [1, 0]);
    raw.expect(&publish("commands/1", "a", 1, 1, false)).await;
    raw.expect(&publish("commands/2", "b", 1, 2, false)).await;
}

#[tokio::test]
async fn a_clean_start_ends_what_was_there() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, STAYS).await;
    raw.subscribe(4, "commands/#", 1).await;
    drop(raw);
    let (raw, connack) = Raw::hello(&stage, V3).await;
    assert_eq!(connack.body, [0, 0]);
    assert_eq!(stage.deliver("commands/1", "a", QoS::AtLeastOnce), Delivery::NoSubscriber);
    drop(raw);
    until("nothing is left", || stage.broker.stats().sessions == 0).await;
    stage.broker.shutdown().await;
    assert!(stage.sessions.load_all().await.unwrap().is_empty());
}

#[tokio::test]
async fn sessions_end_when_nobody_comes_back_in_time() {
    let stage = Stage::new().await;
    let hello = Hello { clean: false, properties: LASTING, ..V5 };
    let mut raw = Raw::connect(&stage, hello).await;
    raw.subscribe(5, "commands/#", 1).await;
    raw.send(&[0xe0, 0]).await;
    raw.expect_end().await;
    stage.clock.advance(Duration::from_secs(3599));
    let (mut raw, connack) = Raw::hello(&stage, hello).await;
    assert_eq!(connack.body[0], 1, "still there after 59:59");
    raw.send(&[0xe0, 0]).await;
    raw.expect_end().await;
    stage.clock.advance(Duration::from_secs(3600));
    until("the sweep took it", || stage.broker.stats().sessions == 0).await;
    let (_raw, connack) = Raw::hello(&stage, hello).await;
    assert_eq!(connack.body[0], 0);
}

#[tokio::test]
async fn mqtt5_sessions_end_with_their_connection_unless_asked_to_stay() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, Hello { clean: false, ..V5 }).await;
    raw.subscribe(5, "commands/#", 1).await;
    raw.send(&[0xe0, 0]).await;
    raw.expect_end().await;
    until("it is gone", || stage.broker.stats().sessions == 0).await;

    // The goodbye may shorten the stay, but not begin one.
    let mut raw = Raw::connect(&stage, Hello { properties: LASTING, ..V5 }).await;
    raw.send(&crate::raw::packet(0xe0, &[0, 5, 0x11, 0, 0, 0, 0])).await;
    raw.expect_end().await;
    until("it is gone", || stage.broker.stats().sessions == 0).await;
    let mut raw = Raw::connect(&stage, V5).await;
    raw.send(&crate::raw::packet(0xe0, &[0, 5, 0x11, 0, 0, 0, 9])).await;
    raw.expect_disconnect(0x82).await;
}

/// Answers only when the test lets it.
#[derive(Default)]
struct SlowStore {
    inner: MemorySessionStore,
    gate: tokio::sync::Mutex<()>,
    broken: Mutex<bool>,
    /// A session with this client id is one that it cannot take.
    indigestible: Mutex<Option<&'static str>>,
}

#[async_trait]
impl SessionStore for SlowStore {
    async fn load_all(&self) -> Result<Vec<(SessionKey, Bytes)>, SessionStoreError> {
        self.inner.load_all().await
    }

    async fn apply(&self, changes: Vec<SessionChange>) -> Result<(), SessionStoreError> {
        let _open = self.gate.lock().await;
        if *self.broken.lock() {
            return Err(SessionStoreError("the disk is full".to_owned()));
        }
        let indigestible = *self.indigestible.lock();
        if changes.iter().any(|change| Some(&*change.key.client_id) == indigestible) {
            return Err(SessionStoreError("invalid byte sequence for encoding".to_owned()));
        }
        self.inner.apply(changes).await
    }
}

#[tokio::test]
async fn a_lasting_subscription_is_granted_once_it_is_stored() {
    let store = Arc::new(SlowStore::default());
    let sessions: Arc<dyn SessionStore> = store.clone();
    let stage = Stage::on(sessions, crate::stage::device(), |_| {}).await;
    let closed = store.gate.lock().await;
    let mut raw = Raw::connect(&stage, STAYS).await;
    raw.send(&crate::raw::subscribe(4, 3, "commands/#", 1)).await;
    raw.expect_quiet().await;
    drop(closed);
    raw.expect(&[0x90, 3, 0, 3, 1]).await;
    assert_eq!(store.inner.load_all().await.unwrap().len(), 1);

    *store.broken.lock() = true;
    raw.send(&crate::raw::subscribe(4, 4, "commands/7", 1)).await;
    raw.expect_end().await;
}

#[tokio::test]
async fn a_session_that_cannot_be_stored_stops_no_other() {
    let store = Arc::new(SlowStore::default());
    *store.indigestible.lock() = Some("bad");
    let sessions: Arc<dyn SessionStore> = store.clone();
    let stage = Stage::on(sessions, crate::stage::device(), |_| {}).await;
    let closed = store.gate.lock().await;
    let lasting = Hello { properties: LASTING, ..V5 };
    let mut bad = Raw::connect(&stage, Hello { client_id: "bad", ..lasting }).await;
    let mut good = Raw::connect(&stage, Hello { client_id: "good", ..lasting }).await;
    for raw in [&mut bad, &mut good] {
        raw.send(&crate::raw::subscribe(5, 3, "commands/#", 1)).await;
        raw.expect_quiet().await;
    }
    drop(closed);
    let suback = good.receive().await;
    assert_eq!((suback.first, suback.body.last()), (0x90, Some(&1)));
    // The store's own words are none of the client's business.
    assert!(bad.expect_disconnect(0x89).await.contains("the session cannot be saved"));
    let kept = store.inner.load_all().await.unwrap();
    assert_eq!(kept.iter().map(|(key, _)| &*key.client_id).collect::<Vec<_>>(), ["good"]);
}

#[tokio::test]
async fn who_was_away_longest_makes_room_for_a_new_session() {
    let stage = Stage::with(|config| config.max_sessions_per_device = 2).await;
    for client_id in ["old", "older"] {
        let mut raw = Raw::connect(&stage, Hello { client_id, ..STAYS }).await;
        raw.send(&[0xe0, 0]).await;
        raw.expect_end().await;
        stage.clock.advance(Duration::from_secs(1));
    }
    let _raw = Raw::connect(&stage, Hello { client_id: "new", ..STAYS }).await;
    let (_raw, connack) = Raw::hello(&stage, Hello { client_id: "older", ..STAYS }).await;
    assert_eq!(connack.body, [1, 0]);
    assert_eq!(stage.broker.stats().sessions, 2);
}

#[tokio::test]
async fn a_forgotten_device_loses_its_connections_and_sessions() {
    let stage = Stage::new().await;
    let mut away = Raw::connect(&stage, STAYS).await;
    away.send(&[0xe0, 0]).await;
    away.expect_end().await;
    let mut here = Raw::connect(&stage, Hello { client_id: "here", properties: LASTING, ..V5 }).await;
    here.send(&publish5("telemetry", "{}", 1, 1)).await;
    here.expect(&ack(0x40, 1)).await;
    stage.broker.forget(stage.lamp.tenant, stage.lamp.device, &Phrase::plain("the device was deleted"));
    assert_eq!(here.expect_disconnect(0x98).await, "the device was deleted");
    until("nothing is left", || stage.broker.stats().sessions == 0).await;
    stage.broker.shutdown().await;
    assert!(stage.sessions.load_all().await.unwrap().is_empty());
}
