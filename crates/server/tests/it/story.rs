//! The main job, end to end: a device's first message becomes an incident that a person handles.

use serde_json::json;
use testbed::{DEADLINE, Server, eventually};

use crate::live::Live;
use crate::mqtt;

pub const TELNET: &str = "\
title: Telnet was opened on a device
logsource:
  product: smartsecurity
  service: device
detection:
  selection:
    action: port_opened
    port: 23
  condition: selection
level: high
";

#[tokio::test]
async fn a_devices_first_message_becomes_an_incident_that_a_person_handles() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let device = api.create_device("Boiler room", "thermostat").await.unwrap();
    let path = format!("/devices/{}", device.id);
    assert_eq!(api.get(&path).await.unwrap()["status"], "pending");
    let mut live = Live::open(&api, "").await.unwrap();
    live.next_of(&["hello"]).await;

    mqtt::publish(&server, &device, "telemetry", r#"{"temperature":21.5,"mode":"heat"}"#).await.unwrap();

    let values = live.next_of(&["values"]).await;
    assert_eq!(values["values"]["temperature"], 21.5);
    let seen = eventually("the twin has the value", DEADLINE, async || {
        let device = api.get(&path).await.unwrap();
        (device["twin"]["telemetry"]["temperature"]["value"] == 21.5).then_some(device)
    });
    assert_eq!(seen.await.unwrap()["status"], "active");
    let sql = json!({"sql": "SELECT name, temperature, mode FROM thermostat"});
    let rows = eventually("the lake has the row", DEADLINE, async || {
        let answer = api.post("/query", &sql).await.ok()?;
        (!answer["rows"].as_array().unwrap().is_empty()).then_some(answer)
    });
    assert_eq!(rows.await.unwrap()["rows"], json!([["Boiler room", 21.5, "heat"]]));

    let rule = api.post_yaml("/rules", TELNET).await.unwrap();
    assert_eq!(rule["name"], "Telnet was opened on a device");
    mqtt::publish(&server, &device, "events", r#"{"action":"port_opened","port":23}"#).await.unwrap();

    let opened = live.next_of(&["incident"]).await;
    assert_eq!((&opened["incident"]["kind"], &opened["device"]), (&json!("opened"), &json!(device.id)));
    let incidents = api.get("/incidents?status=open").await.unwrap();
    let incident = &incidents["items"][0];
    assert_eq!((&incident["severity"], &incident["device"]["name"]), (&json!("high"), &json!("Boiler room")));

    let path = format!("/incidents/{}", incident["id"].as_str().unwrap());
    api.post(&format!("{path}/acknowledge"), &json!({})).await.unwrap();
    api.post(&format!("{path}/comments"), &json!({"text": "Looking at it."})).await.unwrap();
    api.post(&format!("{path}/resolve"), &json!({"note": "A technician's test."})).await.unwrap();
    let handled = api.get(&path).await.unwrap();
    assert_eq!(handled["status"], "resolved");
    let told: Vec<_> =
        handled["timeline"].as_array().unwrap().iter().map(|entry| entry["kind"].clone()).collect();
    for step in ["acknowledged", "commented", "resolved"] {
        assert!(told.contains(&json!(step)), "{told:?}");
    }
}

#[tokio::test]
async fn a_rule_is_tried_on_the_past_by_the_code_that_runs_it_live() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let device = api.create_device("Oven", "oven").await.unwrap();
    let start = 1_700_000_000_000_i64;
    let points: Vec<_> = [20, 95, 96, 30, 20, 99, 20]
        .iter()
        .zip(0..)
        .map(|(degrees, minute)| json!({"ts": start + minute * 60_000, "values": {"temperature": degrees}}))
        .collect();
    api.post_as(&device, "/telemetry", &json!(points)).await.unwrap();
    let rule = json!({"name": "Too hot", "severity": "high", "spec":
        {"kind": "threshold", "profile": "oven", "field": "temperature", "op": "above", "limit": 90.0, "clear": 80.0}});
    let input = json!({"rule": rule, "from": "2023-11-14T00:00:00Z", "to": "2023-11-16T00:00:00Z"});
    let preview = eventually("history is there", DEADLINE, async || {
        let preview = api.post("/rules/preview", &input).await.unwrap();
        (preview["examined"] == 7).then_some(preview)
    });
    let preview = preview.await.unwrap();
    assert_eq!(preview["count"], 2, "{preview}");
    assert_eq!(preview["findings"][0]["device_name"], "Oven");
    assert!(preview["sentence"].as_str().unwrap().contains("2 times"), "{preview}");
    assert!(
        api.get("/rules").await.unwrap()["items"].as_array().unwrap().is_empty(),
        "a preview saves nothing"
    );
}

#[tokio::test]
async fn a_command_reaches_its_device_and_the_answer_comes_back() {
    use rumqttc::{Packet, QoS};

    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let device = api.create_device("Pump", "pump").await.unwrap();
    let (client, mut events) = mqtt::connection(&server, &device, "pump-1");
    client.subscribe("commands/#", QoS::AtLeastOnce).await.unwrap();
    mqtt::until(&mut events, |packet| matches!(packet, Packet::SubAck(_)).then_some(())).await.unwrap();
    let path = format!("/devices/{}/commands", device.id);
    let sent = api.post(&path, &json!({"name": "reboot", "params": {"delay": 5}})).await.unwrap();
    let publish = mqtt::until(&mut events, |packet| match packet {
        Packet::Publish(publish) => Some(publish),
        _ => None,
    });
    let publish = publish.await.unwrap();
    let id = sent["id"].as_str().unwrap();
    assert_eq!(publish.topic, format!("commands/{id}"));
    let command: serde_json::Value = serde_json::from_slice(&publish.payload).unwrap();
    assert_eq!((&command["name"], &command["params"]["delay"]), (&json!("reboot"), &json!(5)));
    mqtt::publish_acked(&client, &mut events, &format!("commands/{id}/reply"), r#"{"ok":true}"#)
        .await
        .unwrap();
    let answered = eventually("the answer", DEADLINE, async || {
        let commands = api.get(&path).await.unwrap();
        (commands["items"][0]["status"] == "answered").then_some(commands)
    });
    assert_eq!(answered.await.unwrap()["items"][0]["reply"], json!({"ok": true}));
}
