use crate::raw::{Hello, LASTING, Raw, V3, V5, ack, publish};
use crate::stage::{Stage, until};
use std::time::Duration;

#[tokio::test]
async fn the_newer_connection_wins_and_the_older_is_told() {
    let stage = Stage::new().await;
    let hello = Hello { properties: LASTING, ..V5 };
    let mut old = Raw::connect(&stage, hello).await;
    let (mut new, connack) = Raw::hello(&stage, Hello { clean: false, ..hello }).await;
    assert_eq!(connack.body[0], 1);
    old.expect_disconnect(0x8e).await;
    new.expect_quiet().await;
    assert_eq!(stage.broker.connections(stage.lamp.tenant, stage.lamp.device).len(), 1);
    assert_eq!(*stage.watcher.notes.lock(), ["connected raw", "disconnected raw", "connected raw"]);
}

#[tokio::test]
async fn mqtt311_is_closed_without_a_word() {
    let stage = Stage::new().await;
    let mut old = Raw::connect(&stage, V3).await;
    let _new = Raw::connect(&stage, V3).await;
    old.expect_end().await;
}

#[tokio::test]
async fn the_newcomer_waits_for_what_the_old_one_had_sent() {
    let stage = Stage::new().await;
    stage.intake.hold();
    let mut old = Raw::connect(&stage, V3).await;
    old.send(&publish("telemetry", "{}", 1, 1, false)).await;
    until("it was handed over", || stage.intake.payloads().len() == 1).await;
    let mut new = Raw::open(stage.broker.local_addr()).await;
    new.send(&V3.packet()).await;
    stage.intake.release_all();
    old.expect(&ack(0x40, 1)).await;
    old.expect_end().await;
    new.expect(&[0x20, 2, 0, 0]).await;
}

#[tokio::test]
async fn an_intake_that_hangs_does_not_lock_the_client_out() {
    let stage = Stage::with(|config| config.drain_timeout = Duration::from_millis(50)).await;
    stage.intake.hold();
    let mut old = Raw::connect(&stage, V3).await;
    old.send(&publish("telemetry", "{}", 2, 1, false)).await;
    until("it was handed over", || stage.intake.payloads().len() == 1).await;
    let _new = Raw::connect(&stage, V3).await;
    old.expect_end().await;
    assert_eq!(stage.broker.stats().unacked_messages, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_under_one_client_id_leaves_one() {
    let stage = Stage::new().await;
    let mut crowd = Vec::new();
    for _ in 0..20 {
        let mut raw = Raw::open(stage.broker.local_addr()).await;
        raw.send(&V3.packet()).await;
        crowd.push(raw);
    }
    until("one is left", || {
        let stats = stage.broker.stats();
        let notes = stage.watcher.notes.lock().len();
        stats.connections == 1 && stats.sessions == 1 && notes % 2 == 1
    })
    .await;
}

#[tokio::test]
async fn other_client_ids_of_the_device_stay() {
    let stage = Stage::new().await;
    let mut one = Raw::connect(&stage, V3).await;
    let two = Raw::connect(&stage, Hello { client_id: "two", ..V3 }).await;
    one.expect_quiet().await;
    drop(two);
    until("the second left", || stage.watcher.departures.lock().len() == 1).await;
    assert_eq!(stage.watcher.departures.lock()[0].remaining, 1);
}
