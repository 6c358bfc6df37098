//! Every form of an MQTT topic, tried by a device that may not use it.

use rumqttc::{Packet, QoS, SubscribeReasonCode};
use serde_json::json;
use testbed::{Api, DEADLINE, NewDevice, Server, eventually};

use crate::mqtt;

const PASSWORD: &str = "another-long-password";

async fn neighbours(server: &Server) -> (Api, NewDevice, NewDevice) {
    let ours = server.api().await.unwrap();
    server.create_owner("other@example.com", PASSWORD, "Other").await.unwrap();
    let theirs = Api::sign_in(&server.http(), "other@example.com", PASSWORD).await.unwrap();
    let device = ours.create_device("Oven", "oven").await.unwrap();
    let spy = theirs.create_device("Spy", "spy").await.unwrap();
    (ours, device, spy)
}

#[tokio::test]
async fn a_device_hears_only_its_own_commands() {
    let server = Server::fresh().await.unwrap();
    let (ours, device, spy) = neighbours(&server).await;
    let (client, mut events) = mqtt::connection(&server, &spy, "the-same-client-id");
    let filters = [
        "#",
        "+",
        "+/#",
        "$SYS/#",
        "telemetry",
        "events",
        "commands",
        "commands/+/reply",
        "+/+",
        &format!("commands/{}/#", device.id),
        &format!("{}/commands/#", device.id),
        "/commands/#",
        "$share/g/commands/#",
    ];
    for filter in filters {
        client.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
        let codes = mqtt::until(&mut events, |packet| match packet {
            Packet::SubAck(ack) => Some(ack.return_codes),
            _ => None,
        });
        assert_eq!(codes.await.unwrap(), [SubscribeReasonCode::Failure], "{filter}");
    }
    client.subscribe("commands/#", QoS::AtLeastOnce).await.unwrap();
    mqtt::until(&mut events, |packet| matches!(packet, Packet::SubAck(_)).then_some(())).await.unwrap();

    // Another tenant's device with the same client id is another session.
    let (own, mut own_events) = mqtt::connection(&server, &device, "the-same-client-id");
    own.subscribe("commands/#", QoS::AtLeastOnce).await.unwrap();
    mqtt::until(&mut own_events, |packet| matches!(packet, Packet::SubAck(_)).then_some(())).await.unwrap();
    ours.post(&format!("/devices/{}/commands", device.id), &json!({"name": "open"})).await.unwrap();
    let publish = mqtt::until(&mut own_events, |packet| matches!(packet, Packet::Publish(_)).then_some(()));
    publish.await.unwrap();
    // The spy's connection still lives and has heard nothing: the next packet is the answer to its own message.
    client.publish("telemetry", QoS::AtLeastOnce, false, r#"{"n":1}"#).await.unwrap();
    let heard = mqtt::until(&mut events, |packet| match packet {
        Packet::PubAck(_) => Some("its own acknowledgement"),
        Packet::Publish(_) => Some("somebody else's command"),
        _ => None,
    });
    assert_eq!(heard.await.unwrap(), "its own acknowledgement");
}

#[tokio::test]
async fn a_message_to_a_topic_that_is_not_a_devices_is_kept_as_a_problem_only() {
    let server = Server::fresh().await.unwrap();
    let (ours, device, spy) = neighbours(&server).await;
    let (client, mut events) = mqtt::connection(&server, &spy, "spy");
    let topics = [
        "telemetry/x".to_owned(),
        "Telemetry".to_owned(),
        "/telemetry".to_owned(),
        format!("{}/telemetry", device.id),
        format!("devices/{}/events", device.id),
        "commands/x".to_owned(),
        "commands/x/reply".to_owned(),
    ];
    for topic in &topics {
        mqtt::publish_acked(&client, &mut events, topic, r#"{"n":1}"#).await.unwrap();
    }
    let spy_path = format!("/devices/{}/problems", spy.id);
    let theirs = Api::sign_in(&server.http(), "other@example.com", PASSWORD).await.unwrap();
    let problems = eventually("all of them are counted", DEADLINE, async || {
        let problems = theirs.get(&spy_path).await.unwrap();
        let counted: u64 =
            problems["items"].as_array().unwrap().iter().filter_map(|item| item["count"].as_u64()).sum();
        (counted >= topics.len() as u64).then_some(problems)
    });
    problems.await.unwrap();
    assert_eq!(ours.get(&format!("/devices/{}/problems", device.id)).await.unwrap()["items"], json!([]));
    assert_eq!(ours.get(&format!("/devices/{}", device.id)).await.unwrap()["status"], "pending");
}

#[tokio::test]
async fn one_devices_answer_cannot_close_anothers_command() {
    let server = Server::fresh().await.unwrap();
    let (ours, device, spy) = neighbours(&server).await;
    let path = format!("/devices/{}/commands", device.id);
    let sent = ours.post(&path, &json!({"name": "open"})).await.unwrap();
    let (client, mut events) = mqtt::connection(&server, &spy, "spy");
    let topic = format!("commands/{}/reply", sent["id"].as_str().unwrap());
    mqtt::publish_acked(&client, &mut events, &topic, r#"{"ok":true}"#).await.unwrap();
    // When this later message of the same device is visible, the reply has been read, too.
    mqtt::publish_acked(&client, &mut events, "telemetry", r#"{"n":1}"#).await.unwrap();
    let theirs = Api::sign_in(&server.http(), "other@example.com", PASSWORD).await.unwrap();
    eventually("the later message", DEADLINE, async || {
        let spy = theirs.get(&format!("/devices/{}", spy.id)).await.unwrap();
        spy["twin"]["telemetry"]["n"].is_object().then_some(())
    })
    .await
    .unwrap();
    let command = &ours.get(&path).await.unwrap()["items"][0];
    assert_ne!(command["status"], "answered", "{command}");
}
