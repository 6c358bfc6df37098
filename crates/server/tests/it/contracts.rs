//! The forms that others rely on: what devices may send, and what the API answers to it.

use base64::Engine as _;
use reqwest::{Method, StatusCode};
use serde_json::json;
use testbed::{Api, DEADLINE, Server, eventually};

use crate::mqtt;

#[tokio::test]
async fn measurements_come_in_three_forms() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let device = api.create_device("Meter", "meter").await.unwrap();
    mqtt::publish(&server, &device, "telemetry", r#"{"power":1.5}"#).await.unwrap();
    mqtt::publish(&server, &device, "telemetry", r#"{"ts":1700000000000,"values":{"power":2}}"#)
        .await
        .unwrap();
    let array =
        r#"[{"ts":1700000001000,"values":{"power":3}},{"ts":1700000002000,"values":{"power":4,"on":true}}]"#;
    mqtt::publish(&server, &device, "telemetry", array).await.unwrap();
    let sql = json!({"sql": "SELECT power, \"on\" FROM meter ORDER BY power"});
    let answer = eventually("four rows", DEADLINE, async || {
        let answer = api.post("/query", &sql).await.ok()?;
        (answer["rows"].as_array().unwrap().len() == 4).then_some(answer)
    });
    let answer = answer.await.unwrap();
    assert_eq!(answer["rows"], json!([[1.5, null], [2.0, null], [3.0, null], [4.0, true]]));
    assert_eq!(answer["columns"][0], json!({"name": "power", "type": "number"}));
    let sql = json!({"sql": "SELECT ts FROM meter WHERE power = 2"});
    let ts = api.post("/query", &sql).await.unwrap()["rows"][0][0].as_str().unwrap().to_owned();
    assert!(ts.starts_with("2023-11-14T22:13:20"), "{ts}");
}

#[tokio::test]
async fn a_password_alone_is_enough_of_a_user_name() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let mut device = api.create_device("Meter", "meter").await.unwrap();
    device.username = std::mem::take(&mut device.password);
    let (client, mut events) = mqtt::connection(&server, &device, "any");
    mqtt::publish_acked(&client, &mut events, "telemetry", r#"{"power":1}"#).await.unwrap();
}

#[tokio::test]
async fn a_device_without_a_profile_is_generic() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let device = api.post("/devices", &json!({"name": "Something"})).await.unwrap();
    assert_eq!((&device["profile"], &device["status"]), (&json!("generic"), &json!("pending")));
    assert!(device["credentials"]["password"].as_str().unwrap().len() > 30);
    let again = api.get(&format!("/devices/{}", device["id"].as_str().unwrap())).await.unwrap();
    assert_eq!(again["credentials"], json!(null), "the password is shown once");
    assert_eq!(again["twin"], json!({"telemetry": {}, "reported": {}, "desired": {}, "desired_version": 0}));
}

#[tokio::test]
async fn signing_in_gives_tokens_and_signing_out_ends_them() {
    let server = Server::fresh().await.unwrap();
    let stranger = Api::anonymous(&server.http());
    let login = json!({"email": "owner@example.com", "password": "a-long-password-for-tests"});
    let tokens = stranger.post("/auth/login", &login).await.unwrap();
    assert_eq!(tokens["token_type"], "Bearer");
    assert!(tokens["expires_in"].as_u64().unwrap() > 60);
    let refreshed =
        stranger.post("/auth/refresh", &json!({"refresh_token": tokens["refresh_token"]})).await.unwrap();
    let asks = |token: &serde_json::Value| {
        stranger.request(Method::GET, "/me").bearer_auth(token.as_str().unwrap()).send()
    };
    assert_eq!(asks(&refreshed["access_token"]).await.unwrap().status(), StatusCode::OK);
    let out = json!({"refresh_token": refreshed["refresh_token"]});
    stranger.post("/auth/logout", &out).await.unwrap();
    assert_eq!(asks(&refreshed["access_token"]).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let wrong = json!({"email": "owner@example.com", "password": "not-the-password"});
    assert_eq!(stranger.post("/auth/login", &wrong).await.unwrap_err().status(), Some(401));
}

#[tokio::test]
async fn devices_may_speak_http() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let device = api.create_device("Meter", "meter").await.unwrap();
    let receipt = api.post_as(&device, "/telemetry", &json!({"power": 1})).await.unwrap();
    assert_eq!(receipt["accepted"], 1);
    api.post_as(&device, "/events", &json!({"action": "boot"})).await.unwrap();
    // The password alone, as a token.
    let nobody = Api::anonymous(&server.http());
    let request =
        nobody.request(Method::POST, "/telemetry").bearer_auth(&device.password).json(&json!({"power": 2}));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    // A person's token is not a device's.
    let refused = api.post("/telemetry", &json!({"power": 3})).await.unwrap_err();
    assert_eq!(refused.code(), Some("device_credentials_wrong"));
    let events = eventually("the event", DEADLINE, async || {
        let events = api.get(&format!("/devices/{}/events", device.id)).await.unwrap();
        (!events["items"].as_array().unwrap().is_empty()).then_some(events)
    });
    assert_eq!(events.await.unwrap()["items"][0]["event"], json!({"action": "boot"}));
}

#[tokio::test]
async fn anybody_can_ask_how_to_connect() {
    let server = Server::fresh().await.unwrap();
    let connect = Api::anonymous(&server.http()).get("/connect").await.unwrap();
    assert_eq!(connect["mqtt"]["port"], server.mqtt().port());
    assert_eq!(connect["mqtt"]["host"], "127.0.0.1");
    assert_eq!(connect["http"]["url"], server.http());
    assert!(connect["version"].is_string());
}

#[tokio::test]
async fn whoever_holds_an_access_token_can_be_checked_with_the_public_keys() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let keys = reqwest::Client::builder().no_proxy().build().unwrap();
    let keys = keys.get(format!("{}/.well-known/jwks.json", server.http())).send().await.unwrap();
    let keys: serde_json::Value = keys.json().await.unwrap();
    let head = api.token().unwrap().split('.').next().unwrap();
    let head = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(head).unwrap();
    let head: serde_json::Value = serde_json::from_slice(&head).unwrap();
    let known = keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == head["kid"]);
    assert!(known, "{keys} does not hold {head}");
}
