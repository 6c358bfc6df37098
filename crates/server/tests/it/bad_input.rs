//! Whatever comes in wrong gets a clear answer, is counted where an operator sees it, and nothing else suffers.

use reqwest::{Method, StatusCode};
use rumqttc::{ConnectReturnCode, ConnectionError, Packet};
use serde_json::json;
use testbed::{Api, DEADLINE, Server, eventually};

use crate::mqtt;
use crate::ops::metric;

#[tokio::test]
async fn a_wrong_password_is_refused_and_shown_at_the_device() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let mut device = api.create_device("Oven", "oven").await.unwrap();
    device.password = "wrong".to_owned();
    let (_client, mut events) = mqtt::connection(&server, &device, "oven");
    let refused = mqtt::until(&mut events, |packet| match packet {
        Packet::ConnAck(ack) => Some(ack.code),
        _ => None,
    });
    match refused.await {
        Err(ConnectionError::ConnectionRefused(code)) => {
            assert_eq!(code, ConnectReturnCode::BadUserNamePassword)
        }
        other => panic!("{other:?}"),
    }
    problem(&api, &device.id, "wrong_password").await;
    let said = mqtt::publish(&server, &device, "telemetry", "{}").await.unwrap_err();
    assert!(said.to_lowercase().contains("user name or password"), "{said}");
}

async fn problem(api: &Api, device: &str, code: &str) -> serde_json::Value {
    let path = format!("/devices/{device}/problems");
    let found = eventually(code, DEADLINE, async || {
        let problems = api.get(&path).await.unwrap();
        problems["items"].as_array().unwrap().iter().find(|problem| problem["code"] == code).cloned()
    });
    found.await.unwrap()
}

#[tokio::test]
async fn each_wrong_payload_has_its_own_problem_and_the_next_good_one_is_stored() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let device = api.create_device("Oven", "oven").await.unwrap();
    let (client, mut events) = mqtt::connection(&server, &device, "oven");
    let fields: serde_json::Map<_, _> = (0..10_000).map(|n| (format!("f{n}"), json!(n))).collect();
    let many = serde_json::to_string(&fields).unwrap();
    mqtt::publish_acked(&client, &mut events, "telemetry", r#"{"temperature":20}"#).await.unwrap();
    for (payload, code) in [
        ("{nope", "malformed_json"),
        ("[1,2,3]", "wrong_shape"),
        (r#"{"temperature":NaN}"#, "not_a_number"),
        (r#"{"ts":1,"values":{"temperature":1}}"#, "timestamp_out_of_range"),
        (r#"{"ts":99999999999999,"values":{"temperature":1}}"#, "timestamp_out_of_range"),
        (many.as_str(), "too_many_fields"),
        (r#"{"temperature":"warm"}"#, "type_conflict"),
    ] {
        // A poisoned message must not come back for ever: it is acknowledged, as it is recorded.
        mqtt::publish_acked(&client, &mut events, "telemetry", payload).await.unwrap();
        let problem = problem(&api, &device.id, code).await;
        assert!(problem["detail"].as_str().unwrap().len() > 20, "{problem}");
        assert_eq!(problem["kept"], code == "type_conflict", "{problem}");
    }
    mqtt::publish_acked(&client, &mut events, "telemetry", r#"{"temperature":21}"#).await.unwrap();
    let sql = json!({"sql": "SELECT temperature, temperature_text FROM oven ORDER BY ts"});
    let answer = eventually("three rows", DEADLINE, async || {
        let answer = api.post("/query", &sql).await.ok()?;
        (answer["rows"].as_array().unwrap().len() == 3).then_some(answer)
    });
    assert_eq!(answer.await.unwrap()["rows"], json!([[20.0, null], [null, "warm"], [21.0, null]]));
}

#[tokio::test]
async fn an_oversized_packet_ends_its_connection_and_nobody_elses() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let device = api.create_device("Oven", "oven").await.unwrap();
    let other = api.create_device("Lamp", "lamp").await.unwrap();
    let (lamp, mut lamp_events) = mqtt::connection(&server, &other, "lamp");
    mqtt::publish_acked(&lamp, &mut lamp_events, "telemetry", r#"{"on":true}"#).await.unwrap();
    let (client, mut events) = mqtt::connection(&server, &device, "oven");
    let huge = format!(r#"{{"x":"{}"}}"#, "x".repeat(400_000));
    assert!(mqtt::publish_acked(&client, &mut events, "telemetry", huge).await.is_err());
    problem(&api, &device.id, "too_large").await;
    mqtt::publish_acked(&lamp, &mut lamp_events, "telemetry", r#"{"on":false}"#).await.unwrap();
}

#[tokio::test]
async fn a_body_that_does_not_fit_is_explained() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let unknown = api.post("/devices", &json!({"name": "A", "colour": "red"})).await.unwrap_err();
    assert_eq!((unknown.status(), unknown.code()), (Some(422), Some("invalid_body")));
    assert!(unknown.to_string().contains("unknown field `colour`"), "{unknown}");

    let raw = |body: &str| {
        api.request(Method::POST, "/devices").header("content-type", "application/json").body(body.to_owned())
    };
    let answer = raw("{\n  \"name\": }").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: serde_json::Value = answer.json().await.unwrap();
    assert!(problem["detail"].as_str().unwrap().contains("line 2 column"), "{problem}");

    let answer = raw(&"x".repeat(2_000_000)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let answer = api.request(Method::POST, "/devices").body("name=A").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);

    for (method, path, status) in [
        (Method::GET, "/nothing/here", 404),
        (Method::DELETE, "/devices", 405),
        (Method::GET, "/devices/not-an-id", 404),
        (Method::GET, "/devices?colour=red", 422),
        (Method::GET, "/devices?cursor=nonsense", 422),
    ] {
        let answer = api.request(method, path).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
        let problem: serde_json::Value = answer.json().await.unwrap();
        assert!(problem["code"].is_string() && problem["detail"].is_string(), "{path}: {problem}");
    }
}

#[tokio::test]
async fn a_rule_that_cannot_work_says_where() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let broken = api.post_yaml("/rules", "title: x\ndetection: [").await.unwrap_err();
    assert_eq!((broken.status(), broken.code()), (Some(422), Some("rule_invalid")));
    assert!(broken.to_string().contains("line"), "{broken}");
    let placeholder = crate::story::TELNET.replace("port: 23", "user|expand: '%admins%'");
    let refused = api.post_yaml("/rules", &placeholder).await.unwrap_err();
    assert!(refused.to_string().contains("%admins%"), "{refused}");
}

#[tokio::test]
async fn a_query_reads_and_nothing_else() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    for (sql, code) in [
        ("DROP TABLE events", "query_not_read_only"),
        ("SELEC 1", "query_invalid"),
        ("SELECT * FROM nowhere", "table_unknown"),
    ] {
        let refused = api.post("/query", &json!({"sql": sql})).await.unwrap_err();
        assert_eq!((refused.status(), refused.code()), (Some(422), Some(code)), "{refused}");
    }
}

#[tokio::test]
async fn a_field_that_is_wrong_is_named_and_guessing_passwords_has_an_end() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let request = api.request(Method::POST, "/devices").json(&json!({"name": "A", "profile": "Not A Slug"}));
    let problem: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(problem["errors"][0]["field"], "profile", "{problem}");

    let stranger = Api::anonymous(&server.http());
    let wrong = json!({"email": "owner@example.com", "password": "guess"});
    let limited = loop {
        let answer = stranger.request(Method::POST, "/auth/login").json(&wrong).send().await.unwrap();
        if answer.status() != StatusCode::UNAUTHORIZED {
            break answer;
        }
    };
    assert_eq!(limited.status(), StatusCode::TOO_MANY_REQUESTS);
    let seconds: u64 = limited.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(seconds >= 1);
    assert_eq!(limited.headers()["ratelimit"], format!("\"sign-in\";r=0;t={seconds}"));
    assert_eq!(limited.headers()["ratelimit-policy"], "\"sign-in\";q=5;w=300");
    // Whoever is signed in already is not disturbed.
    api.get("/me").await.unwrap();
}

#[tokio::test]
async fn a_device_that_is_refused_over_http_is_told_how_and_seen() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let device = api.create_device("Oven", "oven").await.unwrap();
    let stranger = Api::anonymous(&server.http());
    let send = || stranger.request(Method::POST, "/telemetry").json(&json!({"n": 1}));
    for request in [
        send(),
        send().basic_auth("nobody", Some("nothing")),
        send().bearer_auth("nothing"),
        send().basic_auth(&device.username, Some("wrong")),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        let ways: Vec<_> = answer.headers().get_all("www-authenticate").iter().collect();
        assert_eq!(ways, [r#"Basic realm="device", charset="UTF-8""#, r#"Bearer realm="device""#]);
    }
    // People sign in; a device's ways are not theirs.
    let answer = stranger.request(Method::GET, "/me").send().await.unwrap();
    assert_eq!(answer.headers()["www-authenticate"], "Bearer");

    assert_eq!(metric(&server, "http_devices_refused_total").await, 4);
    let system = api.get("/system").await.unwrap();
    assert_eq!(system["refused_connections"], json!({"mqtt": 0, "http": 4}));
    let problem = problem(&api, &device.id, "wrong_password").await;
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("127.0.0.1") && detail.contains("over HTTP"), "{detail}");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_a_problem_of_its_device() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let device = api.create_device("Oven", "oven").await.unwrap();
    let huge = json!({"x": "x".repeat(1_200_000)});
    let refused = api.post_as(&device, "/telemetry", &huge).await.unwrap_err();
    assert_eq!((refused.status(), refused.code()), (Some(413), Some("body_too_large")));
    let problem = problem(&api, &device.id, "too_large").await;
    assert_eq!((&problem["topic"], &problem["kept"]), (&json!("telemetry"), &json!(false)));
    assert!(problem["detail"].as_str().unwrap().contains("1048576 bytes"), "{problem}");
}
