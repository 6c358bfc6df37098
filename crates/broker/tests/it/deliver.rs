use crate::raw::{Hello, LASTING, Raw, V3, V5, ack, publish, publish_with, publish5, subscribe};
use crate::stage::{Stage, until};
use broker::{Delivery, QoS};

#[tokio::test]
async fn a_command_reaches_the_device_at_each_quality() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, V3).await;
    raw.subscribe(4, "commands/#", 2).await;
    assert_eq!(stage.deliver("commands/0", "a", QoS::AtMostOnce), Delivery::SentOnce);
    raw.expect(&publish("commands/0", "a", 0, 0, false)).await;
    assert_eq!(stage.deliver("commands/1", "b", QoS::AtLeastOnce), Delivery::Sent);
    raw.expect(&publish("commands/1", "b", 1, 1, false)).await;
    raw.send(&ack(0x40, 1)).await;
    assert_eq!(stage.deliver("commands/2", "c", QoS::ExactlyOnce), Delivery::Sent);
    raw.expect(&publish("commands/2", "c", 2, 2, false)).await;
    raw.send(&ack(0x50, 2)).await;
    raw.expect(&ack(0x62, 2)).await;
    raw.send(&ack(0x70, 2)).await;
    raw.expect_quiet().await;
    assert!(stage.watcher.has("acknowledged commands/1") && stage.watcher.has("acknowledged commands/2"));
    assert!(!stage.watcher.has("acknowledged commands/0"));
}

#[tokio::test]
async fn a_subscription_lowers_the_quality() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, V3).await;
    raw.subscribe(4, "commands/+", 0).await;
    assert_eq!(stage.deliver("commands/1", "a", QoS::ExactlyOnce), Delivery::SentOnce);
    raw.expect(&publish("commands/1", "a", 0, 0, false)).await;
}

#[tokio::test]
async fn nobody_listens_is_an_answer() {
    let stage = Stage::new().await;
    assert_eq!(stage.deliver("commands/1", "a", QoS::AtLeastOnce), Delivery::NoSubscriber);
    let mut raw = Raw::connect(&stage, V3).await;
    assert_eq!(stage.deliver("commands/1", "a", QoS::AtLeastOnce), Delivery::NoSubscriber);
    raw.subscribe(4, "commands/#", 1).await;
    let mut unsubscribe = vec![0, 5];
    unsubscribe.extend(crate::raw::text("commands/#"));
    raw.send(&crate::raw::packet(0xa2, &unsubscribe)).await;
    raw.expect(&ack(0xb0, 5)).await;
    assert_eq!(stage.deliver("commands/1", "a", QoS::AtLeastOnce), Delivery::NoSubscriber);
}

#[tokio::test]
async fn the_window_of_the_client_is_respected() {
    let stage = Stage::new().await;
    let two_at_a_time = &[0x21, 0, 2];
    let mut raw = Raw::connect(&stage, Hello { properties: two_at_a_time, ..V5 }).await;
    raw.subscribe(5, "commands/#", 1).await;
    for index in 1..=4 {
        assert_eq!(stage.deliver(&format!("commands/{index}"), "x", QoS::AtLeastOnce), Delivery::Sent);
    }
    raw.expect(&publish5("commands/1", "x", 1, 1)).await;
    raw.expect(&publish5("commands/2", "x", 1, 2)).await;
    raw.expect_quiet().await;
    raw.send(&ack(0x40, 2)).await;
    raw.expect(&publish5("commands/3", "x", 1, 3)).await;
    raw.expect_quiet().await;
    raw.send(&ack(0x40, 1)).await;
    raw.expect(&publish5("commands/4", "x", 1, 4)).await;
}

#[tokio::test]
async fn what_is_unacknowledged_comes_again_as_a_duplicate_in_order() {
    let stage = Stage::new().await;
    let hello = Hello { clean: false, ..V3 };
    let mut raw = Raw::connect(&stage, hello).await;
    raw.subscribe(4, "commands/#", 2).await;
    let _ = stage.deliver("commands/1", "a", QoS::AtLeastOnce);
    let _ = stage.deliver("commands/2", "b", QoS::ExactlyOnce);
    let _ = stage.deliver("commands/3", "c", QoS::ExactlyOnce);
    raw.expect(&publish("commands/1", "a", 1, 1, false)).await;
    raw.expect(&publish("commands/2", "b", 2, 2, false)).await;
    raw.expect(&publish("commands/3", "c", 2, 3, false)).await;
    raw.send(&ack(0x50, 3)).await;
    raw.expect(&ack(0x62, 3)).await;
    drop(raw);
    let mut raw = Raw::connect(&stage, hello).await;
    raw.expect(&publish("commands/1", "a", 1, 1, true)).await;
    raw.expect(&publish("commands/2", "b", 2, 2, true)).await;
    raw.expect(&ack(0x62, 3)).await;
    raw.expect_quiet().await;
}

#[tokio::test]
async fn commands_wait_for_a_device_that_is_away_up_to_a_limit() {
    let stage = Stage::with(|config| config.queue_messages = 2).await;
    let hello = Hello { clean: false, ..V3 };
    let mut raw = Raw::connect(&stage, hello).await;
    raw.subscribe(4, "commands/#", 1).await;
    raw.send(&[0xe0, 0]).await;
    raw.expect_end().await;
    assert_eq!(stage.deliver("commands/0", "a", QoS::AtMostOnce), Delivery::NoSubscriber);
    assert_eq!(stage.deliver("commands/1", "a", QoS::AtLeastOnce), Delivery::Queued);
    assert_eq!(stage.deliver("commands/2", "b", QoS::AtLeastOnce), Delivery::Queued);
    assert_eq!(stage.deliver("commands/3", "c", QoS::AtLeastOnce), Delivery::QueueFull);
    let mut raw = Raw::connect(&stage, hello).await;
    raw.expect(&publish("commands/1", "a", 1, 1, false)).await;
    raw.expect(&publish("commands/2", "b", 1, 2, false)).await;
    raw.expect_quiet().await;
}

#[tokio::test]
async fn subscription_identifiers_come_with_the_message() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, Hello { properties: LASTING, ..V5 }).await;
    let mut body = vec![0, 1, 2, 0x0b, 7];
    body.extend(crate::raw::text("commands/#"));
    body.push(1);
    raw.send(&crate::raw::packet(0x82, &body)).await;
    assert_eq!(raw.receive().await.first, 0x90);
    let _ = stage.deliver("commands/1", "a", QoS::AtLeastOnce);
    raw.expect(&publish_with("commands/1", "a", 1, 1, 0, Some(&[0x0b, 7]))).await;
}

#[tokio::test]
async fn a_message_above_the_clients_limit_is_skipped() {
    let stage = Stage::new().await;
    let at_most_60_bytes = &[0x27, 0, 0, 0, 60];
    let mut raw = Raw::connect(&stage, Hello { properties: at_most_60_bytes, ..V5 }).await;
    raw.subscribe(5, "commands/#", 1).await;
    let _ = stage.deliver("commands/1", &"x".repeat(100), QoS::AtLeastOnce);
    let _ = stage.deliver("commands/2", "small", QoS::AtLeastOnce);
    raw.expect(&publish5("commands/2", "small", 1, 2)).await;
}

#[tokio::test]
async fn a_slow_reader_is_not_buffered_without_end() {
    let stage = Stage::with(|config| {
        config.queue_messages = 1000;
        config.queue_bytes = 1024 * 1024;
    })
    .await;
    let mut raw = Raw::connect(&stage, V3).await;
    raw.send(&subscribe(4, 1, "commands/#", 0)).await;
    assert_eq!(raw.receive().await.first, 0x90);
    let payload = "x".repeat(100_000);
    let mut sent = 0;
    until("the queue is full", || {
        let delivery = stage.deliver("commands/1", &payload, QoS::AtMostOnce);
        sent += usize::from(delivery == Delivery::SentOnce);
        delivery == Delivery::QueueFull
    })
    .await;
    for _ in 0..sent {
        assert_eq!(raw.receive().await.body.len(), 12 + payload.len());
    }
}

/// The number of a command and its packet id.
fn numbered(packet: &crate::raw::Packet) -> (usize, u16) {
    let topic = usize::from(u16::from_be_bytes([packet.body[0], packet.body[1]]));
    let rest = &packet.body[2 + topic..];
    (String::from_utf8_lossy(&rest[2..]).parse().unwrap(), u16::from_be_bytes([rest[0], rest[1]]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_command_is_lost_or_overtaken_while_the_connection_comes_and_goes() {
    const COMMANDS: usize = 400;
    let stage = std::sync::Arc::new(Stage::new().await);
    let hello = Hello { clean: false, ..V3 };
    let mut raw = Raw::connect(&stage, hello).await;
    raw.subscribe(4, "commands/#", 1).await;
    let sender = std::sync::Arc::clone(&stage);
    let sending = tokio::spawn(async move {
        for number in 0..COMMANDS {
            let delivery = sender.deliver("commands/1", &number.to_string(), QoS::AtLeastOnce);
            assert!(matches!(delivery, Delivery::Sent | Delivery::Queued), "{delivery:?}");
            tokio::task::yield_now().await;
        }
    });
    let mut seen = 0;
    let mut round = 0;
    while seen < COMMANDS {
        round += 1;
        for _ in 0..round % 13 {
            let packet = raw.receive().await;
            if packet.first >> 4 != 3 {
                continue;
            }
            let (number, id) = numbered(&packet);
            assert!(number <= seen, "{number} came before {seen}");
            seen = seen.max(number + 1);
            raw.send(&ack(0x40, id)).await;
            if seen == COMMANDS {
                break;
            }
        }
        if seen < COMMANDS {
            // Some rounds take the session over, others leave it first.
            if round % 2 == 0 {
                drop(raw);
            }
            raw = Raw::connect(&stage, hello).await;
        }
    }
    sending.await.unwrap();
}
