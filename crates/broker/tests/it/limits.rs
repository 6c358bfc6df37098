use crate::raw::{Hello, Raw, V3, V5, publish, publish5};
use crate::stage::{Stage, until};
use model::ProblemCode;

#[tokio::test]
async fn an_oversized_packet_is_named_and_seen() {
    let stage = Stage::with(|config| config.max_packet_bytes = 1000).await;
    let mut v5 = Raw::connect(&stage, V5).await;
    v5.try_send(&publish5("telemetry", &"x".repeat(500_000), 1, 1)).await;
    let explanation = v5.expect_disconnect(0x95).await;
    assert!(explanation.contains("above the limit of 1000"), "{explanation}");
    let mut v3 = Raw::connect(&stage, V3).await;
    v3.try_send(&publish("telemetry", &"x".repeat(500_000), 1, 1, false)).await;
    v3.expect_end().await;
    let violations = stage.watcher.violations.lock();
    assert_eq!(violations.len(), 2);
    for violation in violations.iter() {
        assert_eq!((violation.code, &*violation.topic), (ProblemCode::TooLarge, "telemetry"));
    }
    assert!(stage.intake.payloads().is_empty());
}

#[tokio::test]
async fn the_largest_allowed_packet_passes() {
    let stage = Stage::with(|config| config.max_packet_bytes = 1000).await;
    let mut raw = Raw::connect(&stage, V3).await;
    let packet = publish("telemetry", &"x".repeat(1000 - 3 - 13), 1, 1, false);
    assert_eq!(packet.len(), 1000);
    raw.send(&packet).await;
    raw.expect(&[0x40, 2, 0, 1]).await;
}

#[tokio::test]
async fn an_oversized_connect_is_refused_from_its_first_bytes() {
    let stage = Stage::with(|config| config.max_packet_bytes = 1000).await;
    let long = "x".repeat(2000);
    let mut raw = Raw::open(stage.broker.local_addr()).await;
    raw.try_send(&Hello { client_id: &long, ..V5 }.packet()).await;
    let connack = raw.receive().await;
    assert_eq!((connack.first, connack.body[1]), (0x20, 0x95));
    raw.expect_end().await;
}

#[tokio::test]
async fn malformed_packets_end_the_connection_with_the_right_code() {
    let stage = Stage::new().await;
    let cases: &[(&[u8], u8)] = &[
        (&[0x30, 0xff, 0xff, 0xff, 0xff], 0x81),
        (&[0x36, 0x00], 0x81),
        (&[0x00, 0x00], 0x81),
        (&[0x60, 0x02, 0x00, 0x01], 0x81),
        (&[0x82, 0x02, 0x00, 0x01], 0x81),
        (&[0x82, 0x03, 0x00, 0x01, 0x00], 0x82),
        (&[0x20, 0x03, 0x00, 0x00, 0x00], 0x82),
        (&[0xf0, 0x00], 0x82),
        (&[0x32, 0x07, 0x00, 0x01, b'+', 0x00, 0x01, 0x00, b'x'], 0x90),
        (&[0x30, 0x04, 0x00, 0x00, 0x00, b'x'], 0x82),
        (&[0x30, 0x05, 0x00, 0x02, 0xff, 0xff, 0x00], 0x81),
    ];
    for (bytes, reason) in cases {
        let mut raw = Raw::connect(&stage, V5).await;
        raw.send(bytes).await;
        let packet = raw.receive().await;
        assert_eq!((packet.first, packet.body[0]), (0xe0, *reason), "{bytes:02x?}");
        raw.expect_end().await;
    }
    until("all were seen", || stage.watcher.violations.lock().len() == cases.len()).await;
    assert!(stage.watcher.violations.lock().iter().all(|seen| seen.code == ProblemCode::ProtocolError));
    assert_eq!(stage.broker.stats().violations, cases.len() as u64);
}

#[tokio::test]
async fn what_came_before_a_malformed_packet_counts() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, V5).await;
    let mut bytes = publish5("telemetry", "good", 1, 1);
    bytes.extend([0x00, 0x00]);
    raw.send(&bytes).await;
    raw.expect(&[0x40, 2, 0, 1]).await;
    raw.expect_disconnect(0x81).await;
    assert_eq!(stage.intake.payloads(), ["good"]);
}
