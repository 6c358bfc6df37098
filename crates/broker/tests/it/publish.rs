use crate::raw::{Hello, Raw, V3, V5, ack, publish, publish_with, publish5};
use crate::stage::{Stage, until};
use broker::QoS;

#[tokio::test]
async fn nothing_is_acknowledged_before_it_is_durable() {
    let stage = Stage::new().await;
    stage.intake.hold();
    let mut raw = Raw::connect(&stage, V3).await;
    raw.send(&publish("telemetry", "{\"a\":1}", 1, 7, false)).await;
    until("the batch was handed over", || stage.intake.payloads().len() == 1).await;
    raw.expect_quiet().await;
    assert_eq!(stage.broker.stats().unacked_messages, 1);
    stage.intake.release(1);
    raw.expect(&ack(0x40, 7)).await;
    until("nothing is open", || stage.broker.stats().unacked_messages == 0).await;
}

#[tokio::test]
async fn messages_of_one_read_are_one_batch_and_acknowledged_in_order() {
    let stage = Stage::new().await;
    stage.intake.hold();
    let mut raw = Raw::connect(&stage, V3).await;
    let mut bytes = Vec::new();
    for id in 1..=100 {
        bytes.extend(publish("telemetry", &id.to_string(), 1, id, false));
    }
    raw.send(&bytes).await;
    until("all were handed over", || stage.intake.payloads().len() == 100).await;
    let batches = stage.intake.batches.lock().len();
    assert!(batches < 20, "{batches} batches for one write");
    stage.intake.release_all();
    for id in 1..=100 {
        raw.expect(&ack(0x40, id)).await;
    }
    assert_eq!(stage.intake.payloads(), (1..=100).map(|id| id.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn later_batches_wait_for_earlier_ones() {
    let stage = Stage::new().await;
    stage.intake.hold();
    let mut raw = Raw::connect(&stage, V3).await;
    for id in 1..=3 {
        raw.send(&publish("telemetry", "{}", 1, id, false)).await;
        until("it was handed over", || stage.intake.payloads().len() == usize::from(id)).await;
    }
    stage.intake.release(2);
    raw.expect(&ack(0x40, 1)).await;
    raw.expect(&ack(0x40, 2)).await;
    raw.expect_quiet().await;
    stage.intake.release(3);
    raw.expect(&ack(0x40, 3)).await;
}

#[tokio::test]
async fn reading_stops_while_too_much_is_open() {
    let stage = Stage::with(|config| config.unacked_messages = 10).await;
    stage.intake.hold();
    let mut raw = Raw::connect(&stage, V3).await;
    let mut sent = 0_u16;
    while stage.broker.stats().unacked_messages < 10 {
        sent += 1;
        raw.send(&publish("telemetry", "{}", 1, sent, false)).await;
        until("it was handed over", || stage.intake.payloads().len() == usize::from(sent)).await;
    }
    // From here on nothing is read: not even a ping is answered, and messages stay with the client.
    raw.send(&publish("telemetry", "{}", 1, 500, false)).await;
    raw.send(&[0xc0, 0]).await;
    stage.intake.release(1);
    raw.expect(&ack(0x40, 1)).await;
    until("reading went on", || stage.intake.payloads().len() == usize::from(sent) + 1).await;
    stage.intake.release_all();
    for _ in 1..sent {
        assert!(matches!(raw.receive().await.first, 0x40 | 0xd0));
    }
}

#[tokio::test]
async fn quality_0_is_taken_without_an_answer_even_before_a_goodbye() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, V3).await;
    let mut bytes = publish("telemetry", "last words", 0, 0, false);
    bytes.extend([0xe0, 0]);
    raw.send(&bytes).await;
    raw.expect_end().await;
    assert_eq!(stage.intake.payloads(), ["last words"]);
    let taken = stage.intake.taken.lock();
    assert_eq!((taken[0].1.qos, taken[0].1.packet_id), (QoS::AtMostOnce, None));
}

#[tokio::test]
async fn a_refused_message_is_answered_once_it_is_recorded() {
    let stage = Stage::new().await;
    let mut v3 = Raw::connect(&stage, V3).await;
    v3.send(&publish("telemetry", "not json", 1, 1, false)).await;
    v3.expect(&ack(0x40, 1)).await;
    let mut v5 = Raw::connect(&stage, Hello { client_id: "five", ..V5 }).await;
    v5.send(&publish5("telemetry", "not json", 1, 1)).await;
    let puback = v5.receive().await;
    assert_eq!(puback.body[..3], [0, 1, 0x99]);
    assert!(String::from_utf8_lossy(&puback.body).contains("the payload is not JSON"));
}

#[tokio::test]
async fn a_denied_topic_is_recorded_explained_and_never_taken() {
    let stage = Stage::new().await;
    stage.intake.hold();
    let mut raw = Raw::connect(&stage, V5).await;
    let mut bytes = publish5("telemetry", "{}", 1, 1);
    bytes.extend(publish5("neighbour/telemetry", "{}", 1, 2));
    bytes.extend(publish5("$SYS/uptime", "{}", 1, 3));
    bytes.extend(publish5("telemetry", "{}", 1, 4));
    raw.send(&bytes).await;
    until("both denials were handed over", || stage.intake.denied.lock().len() == 2).await;
    raw.expect_quiet().await;
    stage.intake.release_all();
    let reasons = [raw.receive().await, raw.receive().await, raw.receive().await, raw.receive().await]
        .map(|packet| (packet.body[1], packet.body.get(2).copied().unwrap_or(0), packet.body));
    assert_eq!(
        reasons.each_ref().map(|(id, reason, _)| (*id, *reason)),
        [(1, 0), (2, 0x87), (3, 0x87), (4, 0)]
    );
    assert!(String::from_utf8_lossy(&reasons[1].2).contains("publish to telemetry or events"));
    assert_eq!(stage.intake.payloads().len(), 2);
    assert_eq!(stage.broker.stats().messages_refused, 2);
}

#[tokio::test]
async fn unstored_messages_end_the_connection_without_an_acknowledgement() {
    let stage = Stage::new().await;
    stage.intake.fail(Some("the disk is full"));
    let mut v5 = Raw::connect(&stage, V5).await;
    v5.send(&publish5("telemetry", "{}", 1, 1)).await;
    assert!(v5.expect_disconnect(0x89).await.contains("the disk is full"));
    let mut v3 = Raw::connect(&stage, V3).await;
    v3.send(&publish("telemetry", "{}", 1, 1, false)).await;
    v3.expect_end().await;
    // By this code the twins tell what we ended from what the device ended.
    let departures = stage.watcher.departures.lock().clone();
    assert!(departures.len() == 2, "{departures:?}");
    assert!(departures.iter().all(|departure| departure.reason.code() == "not_stored_now"));
    stage.intake.fail(None);
    let mut again = Raw::connect(&stage, V3).await;
    again.send(&publish("telemetry", "{}", 1, 1, true)).await;
    again.expect(&ack(0x40, 1)).await;
    assert!(stage.intake.taken.lock()[0].1.dup);
}

#[tokio::test]
async fn aliases_and_user_properties_arrive() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, V5).await;
    let mut properties = vec![0x23, 0, 3, 0x26];
    properties.extend(crate::raw::text("unit"));
    properties.extend(crate::raw::text("C"));
    raw.send(&publish_with("telemetry", "1", 1, 1, 0, Some(&properties))).await;
    raw.send(&publish_with("", "2", 1, 2, 0, Some(&[0x23, 0, 3]))).await;
    raw.expect(&ack(0x40, 1)).await;
    raw.expect(&ack(0x40, 2)).await;
    {
        let taken = stage.intake.taken.lock();
        assert_eq!(taken[0].1.user_properties, [("unit".to_owned(), "C".to_owned())]);
        assert_eq!((&*taken[0].1.topic, &*taken[1].1.topic), ("telemetry", "telemetry"));
    }
    raw.send(&publish_with("telemetry", "3", 1, 3, 0, Some(&[0x23, 0, 33]))).await;
    raw.expect_disconnect(0x94).await;
}

#[tokio::test]
async fn a_retained_message_is_an_ordinary_one_or_refused() {
    let stage = Stage::new().await;
    let mut v3 = Raw::connect(&stage, V3).await;
    v3.send(&publish_with("telemetry", "{}", 1, 1, 1, None)).await;
    v3.expect(&ack(0x40, 1)).await;
    assert!(stage.intake.taken.lock()[0].1.retain);
    let mut v5 = Raw::connect(&stage, Hello { client_id: "five", ..V5 }).await;
    v5.send(&publish_with("telemetry", "{}", 1, 1, 1, Some(&[]))).await;
    v5.expect_disconnect(0x9a).await;
}

#[tokio::test]
async fn the_receive_maximum_is_enforced() {
    let stage = Stage::with(|config| config.receive_maximum = 2).await;
    stage.intake.hold();
    let mut raw = Raw::connect(&stage, V5).await;
    let mut bytes = publish5("telemetry", "1", 1, 1);
    bytes.extend(publish5("telemetry", "2", 2, 2));
    bytes.extend(publish5("telemetry", "3", 1, 3));
    raw.send(&bytes).await;
    until("the first two were handed over", || stage.intake.payloads().len() == 2).await;
    stage.intake.release_all();
    raw.expect(&ack(0x40, 1)).await;
    raw.expect(&ack(0x50, 2)).await;
    raw.expect_disconnect(0x93).await;
}

#[tokio::test]
async fn reading_stops_by_weight_too() {
    let stage = Stage::with(|config| config.unacked_bytes = 1000).await;
    stage.intake.hold();
    let mut raw = Raw::connect(&stage, V3).await;
    raw.send(&publish("telemetry", &"x".repeat(2000), 1, 1, false)).await;
    until("it was handed over", || stage.broker.stats().unacked_bytes > 1000).await;
    raw.send(&[0xc0, 0]).await;
    stage.intake.release_all();
    // The ping was not read before the weight was gone, or its answer would have come first.
    raw.expect(&ack(0x40, 1)).await;
    raw.expect(&[0xd0, 0]).await;
}

#[tokio::test]
async fn under_common_pressure_everybody_has_one_batch() {
    let stage = Stage::with(|config| config.unacked_bytes_total = 1).await;
    stage.intake.hold();
    let mut first = Raw::connect(&stage, V3).await;
    let mut second = Raw::connect(&stage, Hello { client_id: "second", ..V3 }).await;
    for (handed_over, raw) in [(1, &mut first), (2, &mut second)] {
        raw.send(&publish("telemetry", "{}", 1, 1, false)).await;
        until("it was handed over", || stage.intake.payloads().len() == handed_over).await;
        raw.send(&[0xc0, 0]).await;
    }
    stage.intake.release_all();
    for raw in [&mut first, &mut second] {
        raw.expect(&ack(0x40, 1)).await;
        raw.expect(&[0xd0, 0]).await;
    }
}
