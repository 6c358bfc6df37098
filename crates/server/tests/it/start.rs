//! Starting, starting twice, and ending.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;
use testbed::{Api, DEADLINE, Server, eventually};
use tokio::process::Command;

const BINARY: &str = env!("CARGO_BIN_EXE_smartsecurity");

#[tokio::test]
async fn a_second_start_on_the_same_directory_is_refused_in_words() {
    let server = Server::fresh().await.unwrap();
    let second = Command::new(BINARY)
        .args(["serve", "--data"])
        .arg(server.data())
        .envs([("SMARTSECURITY_HTTP__LISTEN", "127.0.0.1:0"), ("SMARTSECURITY_MQTT__LISTEN", "127.0.0.1:0")])
        .env("SMARTSECURITY_OPS__LISTEN", "127.0.0.1:0")
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(!second.status.success());
    let pid = server.pid().unwrap().to_string();
    assert!(said.contains("another server") && said.contains(&pid) && said.contains("--data"), "{said}");
    server.api().await.unwrap().get("/me").await.unwrap();
}

#[tokio::test]
async fn the_first_start_prints_a_link_that_works_once() {
    let server = Server::builder().without_owner().start().await.unwrap();
    let stranger = Api::anonymous(&server.http());
    assert_eq!(stranger.get("/setup").await.unwrap(), json!({"needed": true}));
    let line = server.logged("/setup?token=").await.unwrap();
    let token = line.rsplit("token=").next().unwrap().trim();
    let setup = |token: &str| json!({"token": token, "email": "me@example.com", "password": "correct horse battery", "tenant": "Mine"});
    let wrong = stranger.post("/setup", &setup("guessed")).await.unwrap_err();
    assert_eq!(wrong.code(), Some("setup_token_invalid"));
    let tokens = stranger.post("/setup", &setup(token)).await.unwrap();
    assert!(tokens["access_token"].is_string());
    assert_eq!(stranger.get("/setup").await.unwrap(), json!({"needed": false}));
    assert!(stranger.post("/setup", &setup(token)).await.is_err());
    Api::sign_in(&server.http(), "me@example.com", "correct horse battery").await.unwrap();
}

#[tokio::test]
async fn a_clean_end_keeps_everything_and_the_next_start_goes_on() {
    let mut server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let device = api.create_device("Oven", "oven").await.unwrap();
    api.post_as(&device, "/telemetry", &json!({"n": 1})).await.unwrap();
    assert!(server.stop().await.unwrap().success());
    server.start().await.unwrap();
    let api = server.api().await.unwrap();
    let answer = eventually("the row", DEADLINE, async || {
        api.post("/query", &json!({"sql": "SELECT n FROM oven"})).await.ok()
    });
    assert_eq!(answer.await.unwrap()["rows"], json!([[1.0]]));
    let twin = eventually("the twin", DEADLINE, async || {
        let device = api.get(&format!("/devices/{}", device.id)).await.unwrap();
        device["twin"]["telemetry"]["n"]["value"].as_f64()
    });
    assert_eq!(twin.await.unwrap(), 1.0);
}

#[tokio::test]
async fn operators_see_health_and_figures_on_a_listener_of_their_own() {
    let server = Server::fresh().await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let text = async |url: String| http.get(url).send().await.unwrap().text().await.unwrap();
    assert_eq!(text(format!("{}/healthz", server.ops())).await, "alive\n");
    assert_eq!(text(format!("{}/readyz", server.ops())).await, "ready\n");
    let metrics = text(format!("{}/metrics", server.ops())).await;
    for name in [
        "journal_records_total",
        "mqtt_connections",
        "ingest_accepted_total",
        "task_running{task=\"lake\"} 1",
    ] {
        assert!(metrics.contains(&format!("smartsecurity_{name}")), "{name} is missing:\n{metrics}");
    }
    let system = server.api().await.unwrap().get("/system").await.unwrap();
    let tasks = system["tasks"].as_array().unwrap();
    assert!(tasks.len() > 5 && tasks.iter().all(|task| task["running"] == true), "{system}");
    assert!(system["journal"]["readers"].as_array().unwrap().len() >= 3, "{system}");
}

#[tokio::test]
async fn an_unknown_key_of_the_configuration_is_refused_with_the_nearest() {
    let output = Command::new(BINARY)
        .args(["config", "check"])
        .env("SMARTSECURITY_HTTP__LISTNE", "127.0.0.1:1")
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("did you mean `http.listen`"), "{said}");
}

/// Generous for a debug build on a busy machine; the budget of one second is measured on a release build.
#[tokio::test]
async fn an_empty_directory_is_ready_soon() {
    let started = Instant::now();
    let _server = Server::builder().without_owner().start().await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}
