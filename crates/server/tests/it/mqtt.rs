//! Devices as the public tools have them: `mosquitto_pub` for the story, `rumqttc` where a test must look closely.

use std::process::Stdio;
use std::time::Duration;

use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS};
use testbed::{NewDevice, Server};
use tokio::process::Command;

/// Publishes one message with Mosquitto's own client and waits for its acknowledgement.
pub async fn publish(server: &Server, device: &NewDevice, topic: &str, payload: &str) -> Result<(), String> {
    let address = server.mqtt();
    let output = Command::new("mosquitto_pub")
        .args(["-h", &address.ip().to_string(), "-p", &address.port().to_string()])
        .args(["-u", &device.username, "-P", &device.password])
        .args(["-q", "1", "-t", topic, "-m", payload])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("mosquitto_pub: install Debian's package mosquitto-clients");
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// A connection that is driven by hand.
pub fn connection(server: &Server, device: &NewDevice, client_id: &str) -> (AsyncClient, EventLoop) {
    let address = server.mqtt();
    let mut options = MqttOptions::new(client_id, address.ip().to_string(), address.port());
    options.set_credentials(&device.username, &device.password);
    options.set_keep_alive(Duration::from_secs(30));
    options.set_inflight(64);
    // The limits under test are the server's.
    options.set_max_packet_size(10_000_000, 10_000_000);
    AsyncClient::new(options, 1_000)
}

/// Polls until the wanted packet comes, or fails with what came instead of it.
pub async fn until<T>(
    events: &mut EventLoop,
    mut wanted: impl FnMut(Packet) -> Option<T>,
) -> Result<T, rumqttc::ConnectionError> {
    let look = async {
        loop {
            if let Event::Incoming(packet) = events.poll().await?
                && let Some(found) = wanted(packet)
            {
                return Ok(found);
            }
        }
    };
    tokio::time::timeout(testbed::DEADLINE, look).await.expect("the packet did not come in time")
}

/// Publishes at QoS 1 and waits for the PUBACK.
pub async fn publish_acked(
    client: &AsyncClient,
    events: &mut EventLoop,
    topic: &str,
    payload: impl Into<Vec<u8>>,
) -> Result<(), rumqttc::ConnectionError> {
    client.publish(topic, QoS::AtLeastOnce, false, payload).await.unwrap();
    until(events, |packet| matches!(packet, Packet::PubAck(_)).then_some(())).await
}
