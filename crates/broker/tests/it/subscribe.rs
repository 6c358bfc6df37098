use crate::raw::{Hello, Raw, V3, V5, packet, subscribe, text};
use crate::stage::Stage;

#[tokio::test]
async fn each_filter_gets_its_own_answer() {
    let stage = Stage::with(|config| config.max_subscriptions_per_session = 2).await;
    let mut raw = Raw::connect(&stage, V5).await;
    let mut body = vec![0, 9, 0];
    for filter in [
        "commands/1",
        "telemetry",
        "$share/a/commands/#",
        "$SYS/#",
        "commands/#/x",
        "commands/2",
        "commands/3",
    ] {
        body.extend(text(filter));
        body.push(1);
    }
    raw.send(&packet(0x82, &body)).await;
    let suback = raw.receive().await;
    assert!(suback.body.ends_with(&[1, 0x87, 0x9e, 0x87, 0x8f, 1, 0x97]), "{suback:?}");
    assert!(String::from_utf8_lossy(&suback.body).contains("subscribe to commands/#"));
    let violations = stage.watcher.violations.lock();
    assert_eq!(violations.len(), 5);
    assert!(violations[1].detail.text().contains("no shared subscriptions"));
}

#[tokio::test]
async fn mqtt311_learns_which_failed() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, V3).await;
    raw.send(&subscribe(4, 3, "#", 1)).await;
    raw.expect(&[0x90, 3, 0, 3, 0x80]).await;
    raw.send(&subscribe(4, 4, "commands/+", 2)).await;
    raw.expect(&[0x90, 3, 0, 4, 2]).await;
}

#[tokio::test]
async fn clients_that_want_no_reasons_get_none() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, Hello { properties: &[0x17, 0], ..V5 }).await;
    raw.send(&subscribe(5, 3, "telemetry", 1)).await;
    raw.expect(&[0x90, 4, 0, 3, 0, 0x87]).await;
    raw.send(&crate::raw::publish5("forbidden", "{}", 1, 4)).await;
    raw.expect(&[0x40, 3, 0, 4, 0x87]).await;
}

#[tokio::test]
async fn unsubscribing_says_what_was_there() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, V5).await;
    raw.subscribe(5, "commands/1", 1).await;
    let mut body = vec![0, 9, 0];
    for filter in ["commands/1", "commands/1", "a#"] {
        body.extend(text(filter));
    }
    raw.send(&packet(0xa2, &body)).await;
    let unsuback = raw.receive().await;
    assert_eq!(unsuback.first, 0xb0);
    assert!(unsuback.body.ends_with(&[0, 0x11, 0x8f]), "{unsuback:?}");
}
