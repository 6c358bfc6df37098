//! Credentials that end while a connection is being set up end that connection, too.

use std::sync::atomic::Ordering;

use crate::raw::{Raw, V3, V5};
use crate::stage::{Stage, until};

#[tokio::test]
async fn a_connection_in_the_making_does_not_outlive_its_credentials() {
    let stage = Stage::new().await;
    for (hello, refused) in [(V3, 4), (V5, 0x86)] {
        let asked = stage.gate.asked.load(Ordering::SeqCst);
        let answer = stage.gate.answer_later();
        let mut raw = Raw::open(stage.broker.local_addr()).await;
        raw.send(&hello.packet()).await;
        until("the gatekeeper was asked", || stage.gate.asked.load(Ordering::SeqCst) > asked).await;
        // It has said yes, and the connection cannot be seen yet: the device's password changes now.
        let lamp = stage.gate.clients.lock().remove("lamp").unwrap();
        assert_eq!(
            stage.broker.disconnect(lamp.tenant, lamp.device, &model::Phrase::plain("new credentials")),
            0
        );
        answer.send_replace(true);
        let connack = raw.receive().await;
        assert_eq!((connack.first, connack.body[1]), (0x20, refused));
        raw.expect_end().await;
        assert!(stage.broker.connections(lamp.tenant, lamp.device).is_empty());
        stage.add_device("lamp", lamp);
    }
    assert_eq!(stage.broker.stats().sessions, 0);
    assert!(stage.watcher.notes.lock().is_empty(), "nobody was told of a connection");
}

#[tokio::test]
async fn another_devices_end_costs_a_second_look_and_nothing_else() {
    let stage = Stage::new().await;
    let answer = stage.gate.answer_later();
    let mut raw = Raw::open(stage.broker.local_addr()).await;
    raw.send(&V3.packet()).await;
    until("the gatekeeper was asked", || stage.gate.asked.load(Ordering::SeqCst) == 1).await;
    let other = crate::stage::device();
    stage.broker.forget(other.tenant, other.device, &model::Phrase::plain("deleted"));
    answer.send_replace(true);
    assert_eq!(raw.receive().await.body, [0, 0]);
    assert_eq!(stage.gate.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_device_that_changed_meanwhile_connects_again() {
    let stage = Stage::new().await;
    let answer = stage.gate.answer_later();
    let mut raw = Raw::open(stage.broker.local_addr()).await;
    raw.send(&V5.packet()).await;
    until("the gatekeeper was asked", || stage.gate.asked.load(Ordering::SeqCst) == 1).await;
    let changed = broker::Client { profile: "lantern".into(), ..stage.lamp.clone() };
    stage.add_device("lamp", changed);
    stage.broker.disconnect(
        stage.lamp.tenant,
        stage.lamp.device,
        &model::Phrase::plain("its profile changed"),
    );
    answer.send_replace(true);
    assert_eq!(raw.receive().await.body[1], 0x89);
    raw.expect_end().await;
}
