//! What the standard forbids and a lenient reader would let pass.

use crate::raw::{Hello, Raw, V3, V5, packet, publish_with, publish5, subscribe, text};
use crate::stage::{Stage, until};
use model::ProblemCode;

#[tokio::test]
async fn a_null_character_in_any_text_ends_the_connection() {
    let stage = Stage::new().await;
    for (client_id, username) in [("a\0b", "lamp"), ("raw", "la\0mp")] {
        let mut v3 = Raw::open(stage.broker.local_addr()).await;
        v3.send(&Hello { client_id, username, clean: false, ..V3 }.packet()).await;
        v3.expect_end().await;
        let (mut v5, connack) = Raw::hello(&stage, Hello { client_id, username, ..V5 }).await;
        assert_eq!(connack.body[1], 0x81);
        v5.expect_end().await;
    }
    let will = Hello { will: Some((0x04, "even\0ts", "{}")), ..V5 };
    assert_eq!(Raw::hello(&stage, will).await.1.body[1], 0x81);
    let unit = [&[0x26][..], &text("unit"), &text("\0")].concat();
    for bytes in [
        publish5("tele\0metry", "{}", 1, 1),
        publish_with("telemetry", "{}", 1, 1, 0, Some(&unit)),
        subscribe(5, 1, "commands/\0", 1),
        packet(0xa2, &[&[0, 1, 0][..], &text("commands/\0")].concat()),
    ] {
        let mut raw = Raw::connect(&stage, V5).await;
        raw.send(&bytes).await;
        assert!(raw.expect_disconnect(0x81).await.contains("null character"), "{bytes:02x?}");
    }
    assert!(stage.intake.payloads().is_empty());
}

#[tokio::test]
async fn bytes_and_bits_that_should_not_be_there_end_the_connection() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, V3).await;
    raw.send(&subscribe(4, 1, "commands/#", 0xc1)).await;
    raw.expect_end().await;
    let mut raw = Raw::connect(&stage, V5).await;
    raw.send(&[0xc0, 1, 0]).await;
    raw.expect_disconnect(0x81).await;
    let mut hello = V5.packet();
    hello[1] += 1;
    hello.push(b'x');
    let mut raw = Raw::open(stage.broker.local_addr()).await;
    raw.send(&hello).await;
    assert_eq!(raw.receive().await.body[1], 0x81);
    raw.expect_end().await;
    let response = [&[0x08][..], &text("answers/+")].concat();
    let mut raw = Raw::connect(&stage, V5).await;
    raw.send(&publish_with("telemetry", "{}", 1, 1, 0, Some(&response))).await;
    assert!(raw.expect_disconnect(0x82).await.contains("response topic"));
}

#[tokio::test]
async fn a_topic_that_is_too_long_is_refused_for_itself() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, V5).await;
    let topic = "é".repeat(20_000);
    raw.send(&publish5(&topic, "{}", 1, 7)).await;
    let puback = raw.receive().await;
    assert_eq!((puback.first, &puback.body[..3]), (0x40, &[0, 7, 0x90][..]));
    raw.send(&publish5("telemetry", "{}", 1, 8)).await;
    raw.expect(&[0x40, 2, 0, 8]).await;
    let denied = stage.intake.denied.lock();
    assert!(denied[0].explanation.text().contains("longer than 1024"));
    assert!(denied[0].message.topic.len() < 1100, "no more of it is kept");
}

#[tokio::test]
async fn a_client_that_cannot_take_the_connack_is_not_left_waiting() {
    let stage = Stage::new().await;
    let mut raw = Raw::open(stage.broker.local_addr()).await;
    raw.send(&Hello { properties: &[0x27, 0, 0, 0, 6], ..V5 }.packet()).await;
    raw.expect_end().await;
    until("it is gone", || stage.broker.stats().sessions == 0).await;
    let violations = stage.watcher.violations.lock();
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].code, ProblemCode::ProtocolError);
    assert!(violations[0].detail.text().contains("Maximum Packet Size"), "{}", violations[0].detail);
}

#[tokio::test]
async fn nothing_behind_a_failed_message_is_acknowledged() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, V5).await;
    stage.intake.fail_once("the disk is full");
    // The subscription parts them into two batches; the second one is kept.
    let both = [
        publish5("telemetry", "lost", 1, 1),
        subscribe(5, 2, "commands/#", 1),
        publish5("telemetry", "kept", 1, 3),
    ]
    .concat();
    raw.send(&both).await;
    raw.expect_disconnect(0x89).await;
    assert_eq!(stage.intake.payloads(), ["kept"]);
}
