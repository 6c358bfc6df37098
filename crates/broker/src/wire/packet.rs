//! The packets of both versions in one vocabulary. Properties that we do not use are not here.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use bytestring::ByteString;

use super::{AckReason, DisconnectReason, GrantReason, QoS, RemoveReason};
use crate::{Hello, Protocol};

/// What a client can send.
#[derive(Debug)]
pub(crate) enum Packet {
    Connect(Box<Connect>),
    Publish(Publish),
    PubAck {
        id: u16,
        failed: bool,
    },
    PubRec {
        id: u16,
        failed: bool,
    },
    PubRel {
        id: u16,
    },
    PubComp {
        id: u16,
    },
    Subscribe {
        id: u16,
        identifier: Option<u32>,
        filters: Vec<Filter>,
    },
    Unsubscribe {
        id: u16,
        filters: Vec<ByteString>,
    },
    Ping,
    Disconnect {
        keep_will: bool,
        session_expiry: Option<u32>,
    },
    Auth,
    /// A packet that only servers send.
    Misdirected,
}

#[derive(Debug)]
pub(crate) struct Connect {
    pub client_id: ByteString,
    pub username: Option<ByteString>,
    pub password: Option<Bytes>,
    pub clean_start: bool,
    /// Seconds; 0 is none.
    pub keep_alive: u16,
    /// Seconds; for MQTT 3.1.1 either 0 or as long as we keep sessions.
    pub session_expiry: u32,
    pub receive_maximum: Option<u16>,
    pub max_packet: Option<u32>,
    pub terse: bool,
    pub enhanced_auth: bool,
    pub will: Option<Will>,
}

impl Connect {
    pub(crate) fn hello(&self, client_id: Arc<str>, protocol: Protocol, peer: SocketAddr) -> Hello {
        Hello {
            client_id,
            username: self.username.as_ref().map(ToString::to_string),
            password: self.password.clone(),
            protocol,
            peer,
            clean_start: self.clean_start,
        }
    }
}

/// A message that the client leaves with us, for the case that it ends without saying goodbye.
#[derive(Debug)]
pub(crate) struct Will {
    pub topic: ByteString,
    pub payload: Bytes,
    pub qos: QoS,
    pub retain: bool,
    /// Seconds.
    pub delay: u32,
    pub user_properties: Vec<(ByteString, ByteString)>,
}

#[derive(Debug)]
pub(crate) struct Publish {
    /// Empty when an alias stands for it.
    pub topic: ByteString,
    pub alias: Option<u16>,
    pub payload: Bytes,
    pub qos: QoS,
    pub id: Option<u16>,
    pub dup: bool,
    pub retain: bool,
    pub user_properties: Vec<(ByteString, ByteString)>,
}

#[derive(Debug)]
pub(crate) struct Filter {
    pub filter: ByteString,
    pub qos: QoS,
}

/// What we can send. Explanations reach MQTT 5 clients only.
#[derive(Debug)]
pub(crate) enum Outgoing<'a> {
    Accepted(Accepted),
    Publish {
        topic: &'a str,
        payload: &'a Bytes,
        qos: QoS,
        id: Option<u16>,
        dup: bool,
        identifiers: &'a [u32],
    },
    PubAck {
        id: u16,
        reason: AckReason,
        explanation: Option<&'a str>,
    },
    PubRec {
        id: u16,
        reason: AckReason,
        explanation: Option<&'a str>,
    },
    PubRel {
        id: u16,
        found: bool,
    },
    PubComp {
        id: u16,
        found: bool,
    },
    SubAck {
        id: u16,
        reasons: &'a [GrantReason],
        explanation: Option<&'a str>,
    },
    UnsubAck {
        id: u16,
        reasons: &'a [RemoveReason],
    },
    Pong,
    Disconnect {
        reason: DisconnectReason,
        explanation: &'a str,
    },
}

/// The answer to a CONNECT that was let in.
#[derive(Debug, Default)]
pub(crate) struct Accepted {
    pub session_present: bool,
    pub session_expiry: Option<u32>,
    pub receive_maximum: u16,
    pub max_packet: u32,
    pub assigned_client_id: Option<Arc<str>>,
    pub topic_alias_maximum: u16,
    pub server_keep_alive: Option<u16>,
}
