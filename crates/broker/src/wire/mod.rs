//! MQTT on the wire, with the two protocol versions folded into one vocabulary.
//!
//! In: bytes. Out: [`Packet`]s for the session layer, and bytes for what it answers. The codec crate is used here and
//! nowhere else, so that it can be replaced, and its gaps are closed here: frames are measured before they are
//! buffered, and what it lets pass that the standard forbids is refused.
//! It knows no session and keeps no state but the negotiated limits.

mod decode;
mod encode;
mod frame;
mod packet;
mod reason;
mod strict;

use rmqtt_codec::{v3, v5};

pub(crate) use encode::UNKNOWN_LEVEL;
pub(crate) use frame::{Frame, Version, scan, topic_of, version_of};
pub(crate) use packet::{Accepted, Connect, Filter, Outgoing, Packet, Publish, Will};
pub(crate) use reason::{AckReason, DisconnectReason, Fault, GrantReason, Refused, RemoveReason};
pub(crate) use strict::null_character;

use crate::Protocol;

/// How sure the two sides are that a message arrived.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum QoS {
    /// 0: sent once, and maybe lost.
    #[default]
    AtMostOnce,
    /// 1: acknowledged, and maybe sent again.
    AtLeastOnce,
    /// 2: acknowledged in two steps, so that it counts once.
    ExactlyOnce,
}

/// Reads and writes packets of one connection.
pub(crate) struct Wire {
    codec: Codec,
    /// The client wants no reason strings (MQTT 5: Request Problem Information 0).
    terse: bool,
    /// The largest packet that the client takes.
    limit: u32,
}

enum Codec {
    V3(v3::Codec),
    V5(v5::Codec),
}

impl Wire {
    pub(crate) fn new(protocol: Protocol) -> Self {
        // Sizes are checked before the codec sees a frame, so it gets no limits of its own.
        let codec = match protocol {
            Protocol::V311 => Codec::V3(v3::Codec::new(0)),
            Protocol::V5 => Codec::V5(v5::Codec::new(0, 0)),
        };
        Self { codec, terse: false, limit: u32::MAX }
    }

    /// What the client asked for in its CONNECT.
    pub(crate) fn negotiate(&mut self, terse: bool, limit: Option<u32>) {
        self.terse = terse;
        self.limit = limit.unwrap_or(u32::MAX);
    }

    pub(crate) const fn protocol(&self) -> Protocol {
        match self.codec {
            Codec::V3(_) => Protocol::V311,
            Codec::V5(_) => Protocol::V5,
        }
    }
}
