//! A client made of bytes, so that tests decide every one of them.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::stage::{DEADLINE, Stage};

pub struct Raw {
    stream: TcpStream,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Type and flags.
    pub first: u8,
    pub body: Vec<u8>,
}

/// What to put into a CONNECT.
#[derive(Clone, Copy)]
pub struct Hello<'a> {
    pub level: u8,
    pub client_id: &'a str,
    pub username: &'a str,
    pub password: &'a str,
    pub clean: bool,
    pub keep_alive: u16,
    /// MQTT 5, already encoded.
    pub properties: &'a [u8],
    /// Flags, topic and payload.
    pub will: Option<(u8, &'a str, &'a str)>,
}

pub const V3: Hello<'static> = Hello {
    level: 4,
    client_id: "raw",
    username: "lamp",
    password: "secret",
    clean: true,
    keep_alive: 60,
    properties: &[],
    will: None,
};

pub const V5: Hello<'static> = Hello { level: 5, ..V3 };

/// Session expiry in an hour.
pub const LASTING: &[u8] = &[0x11, 0, 0, 0x0e, 0x10];

impl Hello<'_> {
    pub fn packet(&self) -> Vec<u8> {
        let mut flags = 0xc0 | u8::from(self.clean) << 1;
        let mut rest = Vec::new();
        if self.level == 5 {
            rest.push(u8::try_from(self.properties.len()).unwrap());
            rest.extend(self.properties);
        }
        rest.extend(text(self.client_id));
        if let Some((will_flags, topic, payload)) = self.will {
            flags |= will_flags;
            if self.level == 5 {
                rest.push(0);
            }
            rest.extend(text(topic));
            rest.extend(text(payload));
        }
        rest.extend(text(self.username));
        rest.extend(text(self.password));
        let mut body = text("MQTT");
        body.extend([self.level, flags]);
        body.extend(self.keep_alive.to_be_bytes());
        body.extend(rest);
        packet(0x10, &body)
    }
}

pub fn text(text: &str) -> Vec<u8> {
    let mut bytes = u16::try_from(text.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend(text.as_bytes());
    bytes
}

pub fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut length = body.len();
    loop {
        let low = u8::try_from(length & 0x7f).unwrap();
        length >>= 7;
        bytes.push(if length > 0 { low | 0x80 } else { low });
        if length == 0 {
            break;
        }
    }
    bytes.extend(body);
    bytes
}

/// An MQTT 3.1.1 PUBLISH.
pub fn publish(topic: &str, payload: &str, qos: u8, id: u16, dup: bool) -> Vec<u8> {
    publish_with(topic, payload, qos, id, u8::from(dup) << 3, None)
}

/// An MQTT 5 PUBLISH without properties.
pub fn publish5(topic: &str, payload: &str, qos: u8, id: u16) -> Vec<u8> {
    publish_with(topic, payload, qos, id, 0, Some(&[]))
}

pub fn publish_with(
    topic: &str,
    payload: &str,
    qos: u8,
    id: u16,
    flags: u8,
    properties: Option<&[u8]>,
) -> Vec<u8> {
    let mut body = text(topic);
    if qos > 0 {
        body.extend(id.to_be_bytes());
    }
    if let Some(properties) = properties {
        body.push(u8::try_from(properties.len()).unwrap());
        body.extend(properties);
    }
    body.extend(payload.as_bytes());
    packet(0x30 | qos << 1 | flags, &body)
}

pub fn ack(first: u8, id: u16) -> Vec<u8> {
    packet(first, &id.to_be_bytes())
}

pub fn subscribe(level: u8, id: u16, filter: &str, qos: u8) -> Vec<u8> {
    let mut body = id.to_be_bytes().to_vec();
    if level == 5 {
        body.push(0);
    }
    body.extend(text(filter));
    body.push(qos);
    packet(0x82, &body)
}

impl Raw {
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream }
    }

    /// Connects and returns the CONNACK too.
    pub async fn hello(stage: &Stage, hello: Hello<'_>) -> (Self, Packet) {
        let mut raw = Self::open(stage.broker.local_addr()).await;
        raw.send(&hello.packet()).await;
        let connack = raw.receive().await;
        assert_eq!(connack.first, 0x20, "{connack:?}");
        (raw, connack)
    }

    /// Connects and expects to be let in.
    pub async fn connect(stage: &Stage, hello: Hello<'_>) -> Self {
        let (raw, connack) = Self::hello(stage, hello).await;
        assert_eq!(connack.body[1], 0, "{connack:?}");
        raw
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Sends what the other side may no longer want.
    pub async fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    pub async fn receive(&mut self) -> Packet {
        self.try_receive().await.expect("a packet, but the connection was closed")
    }

    /// The next packet, or nothing at the end of the connection.
    pub async fn try_receive(&mut self) -> Option<Packet> {
        timeout(DEADLINE, self.read_packet()).await.expect("a packet or an end in time")
    }

    async fn read_packet(&mut self) -> Option<Packet> {
        let first = self.stream.read_u8().await.ok()?;
        let mut length = 0;
        for shift in [0, 7, 14, 21] {
            let byte = self.stream.read_u8().await.ok()?;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.ok()?;
        Some(Packet { first, body })
    }

    pub async fn expect(&mut self, bytes: &[u8]) {
        let mut received = vec![0; bytes.len()];
        timeout(DEADLINE, self.stream.read_exact(&mut received)).await.expect("bytes in time").unwrap();
        assert_eq!(received, bytes);
    }

    /// The other side closes and sends nothing more.
    pub async fn expect_end(&mut self) {
        assert_eq!(self.try_receive().await, None);
    }

    /// An MQTT 5 DISCONNECT with this reason, then the end. Returns the reason string.
    pub async fn expect_disconnect(&mut self, reason: u8) -> String {
        let packet = self.receive().await;
        assert_eq!((packet.first, packet.body.first()), (0xe0, Some(&reason)), "{packet:?}");
        self.expect_end().await;
        String::from_utf8_lossy(packet.body.get(5..).unwrap_or_default()).into_owned()
    }

    /// Shows that nothing is on its way: a ping is answered before anything else arrives.
    pub async fn expect_quiet(&mut self) {
        self.send(&[0xc0, 0]).await;
        self.expect(&[0xd0, 0]).await;
    }

    pub async fn subscribe(&mut self, level: u8, filter: &str, qos: u8) {
        self.send(&subscribe(level, 99, filter, qos)).await;
        let suback = self.receive().await;
        assert_eq!((suback.first, suback.body.last()), (0x90, Some(&qos)), "{suback:?}");
    }
}
