use crate::raw::{Hello, Raw, V3, V5, publish};
use crate::stage::{Stage, until};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_silent_client_is_ended_after_one_and_a_half_keep_alives() {
    let stage = Stage::new().await;
    let start = Instant::now();
    let mut raw = Raw::connect(&stage, Hello { keep_alive: 1, ..V5 }).await;
    raw.expect_disconnect(0x8d).await;
    assert!(start.elapsed() >= Duration::from_millis(1500), "{:?}", start.elapsed());
    let departures = stage.watcher.departures.lock();
    assert!(departures[0].reason.text().contains("nothing was heard for 1.5 s"), "{}", departures[0].reason);
    assert!(!departures[0].graceful);
}

#[tokio::test]
async fn silence_that_we_caused_is_forgiven() {
    let stage = Stage::with(|config| config.unacked_messages = 1).await;
    stage.intake.hold();
    let mut raw = Raw::connect(&stage, Hello { keep_alive: 1, ..V3 }).await;
    raw.send(&publish("telemetry", "{}", 1, 1, false)).await;
    let start = Instant::now();
    until("more than the limit has passed", || start.elapsed() > Duration::from_millis(1700)).await;
    stage.intake.release_all();
    raw.expect(&[0x40, 2, 0, 1]).await;
    raw.expect_quiet().await;
}
