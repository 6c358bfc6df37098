use crate::raw::{Hello, Raw, V3, V5};
use crate::stage::{Stage, until};

const WILL: u8 = 0x04 | 0x08;

const MORTAL: Hello<'static> = Hello { will: Some((WILL, "events", "{\"died\":true}")), ..V3 };

#[tokio::test]
async fn the_will_of_a_lost_client_is_published_in_its_name() {
    let stage = Stage::new().await;
    let raw = Raw::connect(&stage, MORTAL).await;
    drop(raw);
    until("the will was published", || stage.intake.payloads() == ["{\"died\":true}"]).await;
    assert_eq!(stage.intake.taken.lock()[0].0, stage.lamp.device);
}

#[tokio::test]
async fn a_goodbye_takes_the_will_back_unless_it_says_otherwise() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, MORTAL).await;
    raw.send(&[0xe0, 0]).await;
    raw.expect_end().await;
    let mut raw = Raw::connect(&stage, Hello { level: 5, ..MORTAL }).await;
    raw.send(&[0xe0, 1, 4]).await;
    raw.expect_end().await;
    until("one will was published", || stage.intake.payloads().len() == 1).await;
    stage.broker.shutdown().await;
    assert_eq!(stage.intake.payloads().len(), 1);
}

#[tokio::test]
async fn a_will_on_a_denied_topic_is_dropped_and_seen() {
    let stage = Stage::new().await;
    let raw = Raw::connect(&stage, Hello { will: Some((WILL, "neighbour/events", "x")), ..V3 }).await;
    drop(raw);
    until("it left", || stage.watcher.departures.lock().len() == 1).await;
    let violations = stage.watcher.violations.lock();
    assert_eq!(violations.len(), 1);
    assert!(violations[0].detail.text().starts_with("the will message was dropped"));
    assert!(stage.intake.payloads().is_empty());
}

#[tokio::test]
async fn impossible_wills_are_refused_at_once() {
    let stage = Stage::new().await;
    let wildcard = Some((WILL, "events/+", "x"));
    let (_, connack) = Raw::hello(&stage, Hello { will: wildcard, ..V5 }).await;
    assert_eq!(connack.body[1], 0x90);
    let retained = Some((WILL | 0x20, "events", "x"));
    let (_, connack) = Raw::hello(&stage, Hello { will: retained, ..V5 }).await;
    assert_eq!(connack.body[1], 0x9a);
}

#[tokio::test]
async fn our_own_shutdown_is_nobodys_death() {
    let stage = Stage::new().await;
    let _raw = Raw::connect(&stage, MORTAL).await;
    stage.broker.shutdown().await;
    assert!(stage.intake.payloads().is_empty());
}

/// An MQTT 5 client that lasts an hour, and whose will waits for two seconds.
fn delayed() -> Vec<u8> {
    let mut body = crate::raw::text("MQTT");
    body.extend([5, 0xc0 | WILL, 0, 60, 5, 0x11, 0, 0, 0x0e, 0x10]);
    body.extend(crate::raw::text("raw"));
    body.extend([5, 0x18, 0, 0, 0, 2]);
    for text in ["events", "late", "lamp", "secret"] {
        body.extend(crate::raw::text(text));
    }
    crate::raw::packet(0x10, &body)
}

#[tokio::test]
async fn a_delayed_will_is_taken_back_by_coming_back() {
    let stage = Stage::new().await;
    for _ in 0..2 {
        let mut raw = Raw::open(stage.broker.local_addr()).await;
        raw.send(&delayed()).await;
        assert_eq!(raw.receive().await.body[1], 0);
        drop(raw);
        until("it left", || stage.broker.connections(stage.lamp.tenant, stage.lamp.device).is_empty()).await;
        assert!(stage.intake.payloads().is_empty());
    }
    until("the second will was published", || stage.intake.payloads() == ["late"]).await;
}
