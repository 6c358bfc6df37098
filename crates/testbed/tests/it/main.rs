//! The testbed tests itself: what it promises of a server's life holds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use serde_json::json;
use testbed::{DEADLINE, Server, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_comes_back_with_all_it_acknowledged() {
    let mut server = Server::fresh().await.unwrap();
    let device = server.device("Boiler", "boiler").await.unwrap();
    let api = server.api().await.unwrap();
    api.post_as(&device, "/telemetry", &json!({ "temperature": 21.5 })).await.unwrap();
    server.kill();
    assert!(api.get("/me").await.is_err());

    server.start().await.unwrap();
    let api = server.api().await.unwrap();
    let path = format!("/devices/{}", device.id);
    let value = eventually("the twin", DEADLINE, async || {
        let device = api.get(&path).await.ok()?;
        device["twin"]["telemetry"]["temperature"]["value"].as_f64()
    });
    assert!((value.await.unwrap() - 21.5).abs() < f64::EPSILON);
    assert!(server.stop().await.unwrap().success(), "{}", server.log().join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_carries_the_stable_code() {
    let server = Server::fresh().await.unwrap();
    let refused = testbed::Api::sign_in(&server.http(), "owner@example.com", "wrong").await.err().unwrap();
    assert_eq!(refused.status(), Some(401));
    assert!(refused.code().is_some_and(|code| !code.is_empty()));
    let missing = server.api().await.unwrap().get("/devices/01890000-0000-7000-8000-000000000000").await;
    assert_eq!(missing.unwrap_err().status(), Some(404));
}
