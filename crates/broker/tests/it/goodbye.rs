use crate::raw::{Hello, Raw, V3, V5, publish5};
use crate::stage::{Stage, until};
use model::Phrase;

#[tokio::test]
async fn operators_end_connections_with_a_reason() {
    let stage = Stage::new().await;
    let mut raw = Raw::connect(&stage, V5).await;
    assert_eq!(
        stage.broker.disconnect(
            stage.lamp.tenant,
            stage.lamp.device,
            &Phrase::plain("its password was changed")
        ),
        1
    );
    assert_eq!(raw.expect_disconnect(0x98).await, "its password was changed");
}

#[tokio::test]
async fn a_shutdown_settles_and_tells_everybody() {
    let stage = Stage::new().await;
    stage.intake.hold();
    let mut v5 = Raw::connect(&stage, V5).await;
    let mut v3 = Raw::connect(&stage, Hello { client_id: "three", ..V3 }).await;
    let address = stage.broker.local_addr();
    v5.send(&publish5("telemetry", "{}", 1, 1)).await;
    until("it was handed over", || stage.intake.payloads().len() == 1).await;
    let broker = stage.broker.clone();
    let shutdown = tokio::spawn(async move { broker.shutdown().await });
    v3.expect_end().await;
    stage.intake.release_all();
    v5.expect(&[0x40, 2, 0, 1]).await;
    v5.expect_disconnect(0x8b).await;
    shutdown.await.unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    assert_eq!(stage.broker.stats().connections, 0);
}

#[tokio::test]
async fn goodbyes_and_losses_are_told_apart() {
    let stage = Stage::new().await;
    let mut polite = Raw::connect(&stage, V3).await;
    polite.send(&[0xe0, 0]).await;
    polite.expect_end().await;
    drop(Raw::connect(&stage, V3).await);
    until("both left", || stage.watcher.departures.lock().len() == 2).await;
    let departures = stage.watcher.departures.lock();
    assert!(departures[0].graceful && !departures[1].graceful);
    assert_eq!(departures[1].reason.text(), "the client closed the connection without saying goodbye");
}
