//! One device's connection, with the public MQTT client.

use std::time::Duration;

use rumqttc::{AsyncClient, ClientError, Event, EventLoop, MqttOptions, Packet, QoS};
use serde_json::{Value as Json, json};
use testbed::{Api, Error, NewDevice, Result};
use tokio::task::JoinHandle;

/// Where devices connect.
#[derive(Clone, Debug)]
pub struct Endpoint {
    host: String,
    port: u16,
}

impl Endpoint {
    /// Asks the server, as a device's installer would.
    pub async fn of(api: &Api) -> Result<Self> {
        let connect = api.get("/connect").await?;
        let mqtt = connect.get("mqtt");
        let host = mqtt.and_then(|mqtt| mqtt.get("host")?.as_str().map(str::to_owned));
        let port = mqtt.and_then(|mqtt| u16::try_from(mqtt.get("port")?.as_u64()?).ok());
        let missing = |field| Error::Shape { request: "/connect".to_owned(), field };
        Ok(Self {
            host: host.ok_or_else(|| missing("mqtt.host"))?,
            port: port.ok_or_else(|| missing("mqtt.port"))?,
        })
    }
}

/// A connection that comes back by itself until it is dropped, which cuts it without a word.
pub struct Link {
    client: AsyncClient,
    task: JoinHandle<()>,
}

impl Link {
    pub fn connect(endpoint: &Endpoint, device: &NewDevice) -> Self {
        let mut options = MqttOptions::new(format!("sim-{}", device.id), &endpoint.host, endpoint.port);
        options.set_credentials(&device.username, &device.password);
        options.set_keep_alive(Duration::from_secs(30));
        let (client, events) = AsyncClient::new(options, 32);
        let task = tokio::spawn(serve(events, client.clone(), device.name.clone()));
        Self { client, task }
    }

    /// Best effort: a real device drops what it cannot send for long, too.
    pub fn publish(&self, topic: &str, payload: impl Into<Vec<u8>>) {
        if let Err(ClientError::Request(_)) = self.client.try_publish(topic, QoS::AtLeastOnce, false, payload)
        {
            // The connection has just ended for good.
        }
    }

    /// Says goodbye.
    pub async fn leave(self) {
        let _ = self.client.disconnect().await;
        let (mut task, patience) = (self, Duration::from_secs(2));
        let _ = tokio::time::timeout(patience, &mut task.task).await;
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Keeps the connection, and answers commands.
async fn serve(mut events: EventLoop, client: AsyncClient, name: String) {
    let mut complained = false;
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                complained = false;
                let _ = client.try_subscribe("commands/#", QoS::AtLeastOnce);
            }
            Ok(Event::Incoming(Packet::Publish(message))) => {
                answer(&client, &message.topic, &message.payload)
            }
            Ok(Event::Outgoing(rumqttc::Outgoing::Disconnect)) => return,
            Ok(_) => {}
            Err(error) => {
                if !std::mem::replace(&mut complained, true) {
                    eprintln!("fleet: {name}: {error}; it tries again");
                }
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
        }
    }
}

fn answer(client: &AsyncClient, topic: &str, payload: &[u8]) {
    let is_command = topic.strip_prefix("commands/").is_some_and(|id| !id.contains('/'));
    if !is_command {
        return;
    }
    let command: Json = serde_json::from_slice(payload).unwrap_or_default();
    let name = command.get("name").and_then(Json::as_str).unwrap_or_default();
    let reply = json!({ "ok": true, "command": name, "simulated": true });
    let _ = client.try_publish(format!("{topic}/reply"), QoS::AtLeastOnce, false, reply.to_string());
}
