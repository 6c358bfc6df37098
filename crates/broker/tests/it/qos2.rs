use crate::raw::{Hello, LASTING, Raw, V3, V5, ack, publish, publish_with};
use crate::stage::{Stage, until};
use std::sync::Arc;

#[tokio::test]
async fn a_message_counts_once_however_often_it_is_sent() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, V3).await;
    for dup in [false, true, true] {
        raw.send(&publish("telemetry", "once", 2, 9, dup)).await;
        raw.expect(&ack(0x50, 9)).await;
    }
    raw.send(&ack(0x62, 9)).await;
    raw.expect(&ack(0x70, 9)).await;
    raw.send(&publish("telemetry", "the next", 2, 9, false)).await;
    raw.expect(&ack(0x50, 9)).await;
    assert_eq!(stage.intake.payloads(), ["once", "the next"]);
}

#[tokio::test]
async fn it_counts_once_across_connections_of_a_lasting_session() {
    let stage = Stage::new().await;
    let hello = Hello { clean: false, ..V3 };
    let mut raw = Raw::connect(&stage, hello).await;
    raw.send(&publish("telemetry", "once", 2, 9, false)).await;
    raw.expect(&ack(0x50, 9)).await;
    drop(raw);
    let (mut raw, connack) = Raw::hello(&stage, hello).await;
    assert_eq!(connack.body, [1, 0], "the session is present");
    raw.send(&publish("telemetry", "once", 2, 9, true)).await;
    raw.expect(&ack(0x50, 9)).await;
    raw.send(&ack(0x62, 9)).await;
    raw.expect(&ack(0x70, 9)).await;
    assert_eq!(stage.intake.payloads(), ["once"]);
}

#[tokio::test]
async fn it_counts_once_when_the_connection_broke_before_it_was_durable() {
    let stage = Stage::new().await;
    stage.intake.hold();
    let hello = Hello { clean: false, ..V3 };
    let mut raw = Raw::connect(&stage, hello).await;
    raw.send(&publish("telemetry", "once", 2, 9, false)).await;
    until("it was handed over", || stage.intake.payloads().len() == 1).await;
    drop(raw);
    let mut again = Raw::open(stage.broker.local_addr()).await;
    again.send(&hello.packet()).await;
    again.send(&publish("telemetry", "once", 2, 9, true)).await;
    stage.intake.release_all();
    again.expect(&[0x20, 2, 1, 0]).await;
    again.expect(&ack(0x50, 9)).await;
    assert_eq!(stage.intake.payloads(), ["once"]);
}

#[tokio::test]
async fn it_counts_once_across_a_restart() {
    let first = Stage::new().await;
    let hello = Hello { clean: false, ..V3 };
    let mut raw = Raw::connect(&first, hello).await;
    raw.send(&publish("telemetry", "once", 2, 9, false)).await;
    raw.expect(&ack(0x50, 9)).await;
    first.broker.shutdown().await;

    let second = Stage::on(Arc::clone(&first.sessions), first.lamp.clone(), |_| {}).await;
    let (mut raw, connack) = Raw::hello(&second, hello).await;
    assert_eq!(connack.body, [1, 0]);
    raw.send(&publish("telemetry", "once", 2, 9, true)).await;
    raw.expect(&ack(0x50, 9)).await;
    raw.send(&ack(0x62, 9)).await;
    raw.expect(&ack(0x70, 9)).await;
    assert!(second.intake.payloads().is_empty());

    // What is stored while a client is connected names no packet ids: after a crash, a new message under an old id
    // must not be taken for the old one.
    let crashed = Stage::on(Arc::clone(&first.sessions), first.lamp.clone(), |_| {}).await;
    let mut raw = Raw::connect(&crashed, hello).await;
    raw.send(&publish("telemetry", "new", 2, 9, true)).await;
    raw.expect(&ack(0x50, 9)).await;
    assert_eq!(crashed.intake.payloads(), ["new"]);
}

#[tokio::test]
async fn a_clean_session_forgets() {
    let stage = Stage::new().await;
    for payload in ["1", "2"] {
        let mut raw = Raw::connect(&stage, V3).await;
        raw.send(&publish("telemetry", payload, 2, 9, false)).await;
        raw.expect(&ack(0x50, 9)).await;
    }
    assert_eq!(stage.intake.payloads(), ["1", "2"]);
}

#[tokio::test]
async fn an_unknown_release_and_a_refusal_end_the_exchange_in_mqtt5() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, Hello { properties: LASTING, ..V5 }).await;
    raw.send(&ack(0x62, 5)).await;
    raw.expect(&[0x70, 3, 0, 5, 0x92]).await;
    for _ in 0..2 {
        raw.send(&publish_with("telemetry", "not json", 2, 6, 0, Some(&[]))).await;
        let pubrec = raw.receive().await;
        assert_eq!((pubrec.first, pubrec.body[2]), (0x50, 0x99));
    }
    assert_eq!(stage.intake.payloads().len(), 2, "a refused message may be sent anew");
}
