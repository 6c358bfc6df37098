//! Bytes to packets, in both versions.

use bytes::BytesMut;
use model::phrase;
use rmqtt_codec::error::DecodeError;
use rmqtt_codec::types::{Publish as CodecPublish, QoS as CodecQoS};
use rmqtt_codec::v5::DisconnectReasonCode;
use rmqtt_codec::{v3, v5};
use tokio_util::codec::Decoder;

use super::{Codec, Connect, Fault, Filter, Packet, Publish, QoS, Refused, Will, Wire, strict};
use crate::Protocol;

/// MQTT 3.1.1 has no session expiry: a session that is not clean stays for as long as we let it.
const FOREVER: u32 = u32::MAX;
const CLEAN_START: u8 = 0b10;

impl Wire {
    /// Decodes exactly one whole packet (see [`super::scan`]).
    pub(crate) fn decode(&mut self, frame: &mut BytesMut) -> Result<Packet, Fault> {
        strict::check(self.protocol(), frame)?;
        let packet = match &mut self.codec {
            Codec::V3(codec) => codec.decode(frame)?.map(|(packet, _)| from_v3(packet)),
            Codec::V5(codec) => codec.decode(frame)?.map(|(packet, _)| from_v5(packet)),
        };
        packet.ok_or_else(|| Fault::malformed(phrase!("mqtt_packet_ends", "the packet ends too early")))?
    }
}

/// A CONNECT that cannot be answered with a session.
#[derive(Debug)]
pub(crate) struct NotAConnect {
    pub refused: Refused,
    pub explanation: String,
}

impl Wire {
    /// Decodes the first packet of a connection.
    pub(crate) fn decode_connect(&mut self, input: &mut BytesMut) -> Result<Connect, NotAConnect> {
        let before = input.clone();
        if !strict::connect_ends(&before) {
            return Err(NotAConnect {
                refused: Refused::Malformed,
                explanation: "CONNECT goes on behind its last field".to_owned(),
            });
        }
        match self.try_connect(input) {
            Err(NotAConnect { refused: Refused::ClientId, .. }) if self.protocol() == Protocol::V5 => {
                // MQTT 5 lets a client ask for an id without asking for a clean start; the codec does not. As nobody
                // has a session under an id that was just made up, the two are the same.
                *input = before;
                if let Some(flags) = connect_flags(input) {
                    *flags |= CLEAN_START;
                }
                *self = Self::new(Protocol::V5);
                self.try_connect(input)
            }
            result => result,
        }
    }

    fn try_connect(&mut self, frame: &mut BytesMut) -> Result<Connect, NotAConnect> {
        let packet = match &mut self.codec {
            Codec::V3(codec) => codec.decode(frame).map(|packet| packet.map(|(packet, _)| from_v3(packet))),
            Codec::V5(codec) => codec.decode(frame).map(|packet| packet.map(|(packet, _)| from_v5(packet))),
        };
        let malformed = |explanation: String| NotAConnect { refused: Refused::Malformed, explanation };
        match packet {
            Ok(Some(Ok(Packet::Connect(connect)))) => Ok(*connect),
            Ok(Some(Err(fault))) => Err(malformed(fault.explanation.to_string())),
            Ok(_) => Err(NotAConnect {
                refused: Refused::Protocol,
                explanation: "the first packet must be CONNECT".to_owned(),
            }),
            Err(DecodeError::InvalidClientId) => Err(NotAConnect {
                refused: Refused::ClientId,
                explanation: "a client without a client id must ask for a clean session".to_owned(),
            }),
            Err(error) => Err(malformed(Fault::from(error).explanation.to_string())),
        }
    }
}

/// The flags of a CONNECT: after the fixed header, the protocol's name and its level.
fn connect_flags(packet: &mut [u8]) -> Option<&mut u8> {
    const NAME_AND_LEVEL: usize = 7;
    let header = 2 + packet.iter().skip(1).take_while(|byte| **byte & 0x80 != 0).count();
    packet.get_mut(header + NAME_AND_LEVEL)
}

impl From<CodecQoS> for QoS {
    fn from(qos: CodecQoS) -> Self {
        match qos {
            CodecQoS::AtMostOnce => Self::AtMostOnce,
            CodecQoS::AtLeastOnce => Self::AtLeastOnce,
            CodecQoS::ExactlyOnce => Self::ExactlyOnce,
        }
    }
}

fn from_v3(packet: v3::Packet) -> Result<Packet, Fault> {
    Ok(match packet {
        v3::Packet::Connect(connect) => {
            if connect.password.is_some() && connect.username.is_none() {
                return Err(Fault::malformed(phrase!(
                    "mqtt_password_alone",
                    "MQTT 3.1.1 allows a password only together with a username",
                )));
            }
            strict::texts([&connect.client_id])?;
            strict::texts(&connect.username)?;
            strict::texts(connect.last_will.as_ref().map(|will| &will.topic))?;
            Packet::Connect(Box::new(Connect {
                client_id: connect.client_id,
                username: connect.username,
                password: connect.password,
                clean_start: connect.clean_session,
                keep_alive: connect.keep_alive,
                session_expiry: if connect.clean_session { 0 } else { FOREVER },
                receive_maximum: None,
                max_packet: None,
                terse: false,
                enhanced_auth: false,
                will: connect.last_will.map(|will| Will {
                    topic: will.topic,
                    payload: will.message,
                    qos: will.qos.into(),
                    retain: will.retain,
                    delay: 0,
                    user_properties: Vec::new(),
                }),
            }))
        }
        v3::Packet::Publish(publish) => Packet::Publish(self::publish(*publish)?),
        v3::Packet::PublishAck { packet_id } => Packet::PubAck { id: packet_id.get(), failed: false },
        v3::Packet::PublishReceived { packet_id } => Packet::PubRec { id: packet_id.get(), failed: false },
        v3::Packet::PublishRelease { packet_id } => Packet::PubRel { id: packet_id.get() },
        v3::Packet::PublishComplete { packet_id } => Packet::PubComp { id: packet_id.get() },
        v3::Packet::Subscribe { packet_id, topic_filters } => {
            strict::texts(topic_filters.iter().map(|(filter, _)| filter))?;
            Packet::Subscribe {
                id: packet_id.get(),
                identifier: None,
                filters: topic_filters
                    .into_iter()
                    .map(|(filter, qos)| Filter { filter, qos: qos.into() })
                    .collect(),
            }
        }
        v3::Packet::Unsubscribe { packet_id, topic_filters } => {
            strict::texts(&topic_filters)?;
            Packet::Unsubscribe { id: packet_id.get(), filters: topic_filters }
        }
        v3::Packet::PingRequest => Packet::Ping,
        v3::Packet::Disconnect => Packet::Disconnect { keep_will: false, session_expiry: None },
        v3::Packet::ConnectAck(_)
        | v3::Packet::SubscribeAck { .. }
        | v3::Packet::UnsubscribeAck { .. }
        | v3::Packet::PingResponse => Packet::Misdirected,
    })
}

fn from_v5(packet: v5::Packet) -> Result<Packet, Fault> {
    Ok(match packet {
        v5::Packet::Connect(connect) => {
            strict::texts([&connect.client_id])?;
            strict::texts(connect.username.iter().chain(&connect.auth_method))?;
            strict::pairs(&connect.user_properties)?;
            if let Some(will) = &connect.last_will {
                strict::texts([&will.topic])?;
                strict::texts(&will.content_type)?;
                strict::response_topic(will.response_topic.as_ref())?;
                strict::pairs(&will.user_properties)?;
            }
            Packet::Connect(Box::new(Connect {
                client_id: connect.client_id,
                username: connect.username,
                password: connect.password,
                clean_start: connect.clean_start,
                keep_alive: connect.keep_alive,
                session_expiry: connect.session_expiry_interval_secs,
                receive_maximum: connect.receive_max.map(Into::into),
                max_packet: connect.max_packet_size.map(Into::into),
                terse: !connect.request_problem_info,
                enhanced_auth: connect.auth_method.is_some(),
                will: connect.last_will.map(|will| Will {
                    topic: will.topic,
                    payload: will.message,
                    qos: will.qos.into(),
                    retain: will.retain,
                    delay: will.will_delay_interval_sec.unwrap_or(0),
                    user_properties: will.user_properties,
                }),
            }))
        }
        v5::Packet::Publish(publish) => Packet::Publish(self::publish(*publish)?),
        v5::Packet::PublishAck(ack) => {
            Packet::PubAck { id: ack.packet_id.get(), failed: u8::from(ack.reason_code) >= 0x80 }
        }
        v5::Packet::PublishReceived(ack) => {
            Packet::PubRec { id: ack.packet_id.get(), failed: u8::from(ack.reason_code) >= 0x80 }
        }
        v5::Packet::PublishRelease(ack) => Packet::PubRel { id: ack.packet_id.get() },
        v5::Packet::PublishComplete(ack) => Packet::PubComp { id: ack.packet_id.get() },
        v5::Packet::Subscribe(subscribe) => {
            strict::texts(subscribe.topic_filters.iter().map(|(filter, _)| filter))?;
            Packet::Subscribe {
                id: subscribe.packet_id.get(),
                identifier: subscribe.id.map(Into::into),
                filters: subscribe
                    .topic_filters
                    .into_iter()
                    .map(|(filter, options)| Filter { filter, qos: options.qos.into() })
                    .collect(),
            }
        }
        v5::Packet::Unsubscribe(unsubscribe) => {
            strict::texts(&unsubscribe.topic_filters)?;
            Packet::Unsubscribe { id: unsubscribe.packet_id.get(), filters: unsubscribe.topic_filters }
        }
        v5::Packet::PingRequest => Packet::Ping,
        v5::Packet::Disconnect(disconnect) => Packet::Disconnect {
            keep_will: disconnect.reason_code != DisconnectReasonCode::NormalDisconnection,
            session_expiry: disconnect.session_expiry_interval_secs,
        },
        v5::Packet::Auth(_) => Packet::Auth,
        v5::Packet::ConnectAck(_)
        | v5::Packet::SubscribeAck(_)
        | v5::Packet::UnsubscribeAck(_)
        | v5::Packet::PingResponse => Packet::Misdirected,
    })
}

fn publish(publish: CodecPublish) -> Result<Publish, Fault> {
    if publish.dup && publish.packet_id.is_none() {
        return Err(Fault::malformed(phrase!("mqtt_duplicate", "a message of QoS 0 cannot be a duplicate")));
    }
    let (alias, user_properties) = match publish.properties {
        Some(properties) => {
            if !properties.subscription_ids.is_empty() {
                return Err(Fault::protocol(phrase!(
                    "mqtt_subscription_identifier",
                    "only a server sends subscription identifiers in PUBLISH",
                )));
            }
            strict::texts(&properties.content_type)?;
            strict::response_topic(properties.response_topic.as_ref())?;
            strict::pairs(&properties.user_properties)?;
            (properties.topic_alias.map(Into::into), properties.user_properties)
        }
        None => (None, Vec::new()),
    };
    Ok(Publish {
        topic: publish.topic,
        alias,
        payload: publish.payload,
        qos: publish.qos.into(),
        id: publish.packet_id.map(Into::into),
        dup: publish.dup,
        retain: publish.retain,
        user_properties,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Frame, scan};

    /// Packets of both versions, to be damaged.
    const SEEDS: [&[u8]; 9] = [
        b"\x10\x15\x00\x04MQTT\x04\xc2\x00\x3c\x00\x01a\x00\x01b\x00\x03pwd",
        b"\x10\x24\x00\x04MQTT\x05\xc6\x00\x3c\x05\x11\x00\x00\x00\x09\x00\x01a\x00\x00\x01e\x00\x02{}\x00\x01b\x00\x03pwd",
        b"\x32\x0f\x00\x09telemetry\x00\x07{}",
        b"\x34\x1a\x00\x09telemetry\x00\x07\x0a\x23\x00\x01\x26\x00\x01u\x00\x01C{}",
        b"\x82\x0e\x00\x01\x00\x00\x08commands\x01",
        b"\xa2\x0d\x00\x01\x00\x00\x08commands",
        b"\x62\x03\x00\x01\x92",
        b"\xe0\x07\x00\x05\x11\x00\x00\x00\x09",
        b"\xf0\x02\x18\x00",
    ];

    #[test]
    fn damaged_packets_are_refused_or_read_but_never_panic() {
        let mut dice = 0x5eed_0003_u64;
        let mut roll = move |limit: usize| {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            usize::try_from(dice % limit as u64).unwrap()
        };
        let (mut read, mut refused) = (0, 0);
        for round in 0..60_000 {
            let mut bytes = SEEDS[roll(SEEDS.len())].to_vec();
            for _ in 0..roll(5) {
                let at = roll(bytes.len());
                match roll(3) {
                    0 => bytes[at] = u8::try_from(roll(256)).unwrap(),
                    1 => bytes.insert(at, u8::try_from(roll(256)).unwrap()),
                    _ => drop(bytes.remove(at)),
                }
                if bytes.is_empty() {
                    bytes.push(0x30);
                }
            }
            let protocol = if round % 2 == 0 { Protocol::V311 } else { Protocol::V5 };
            let mut input = BytesMut::from(&bytes[..]);
            while let Frame::Whole(length) = scan(&input, 1000) {
                let before = input.len();
                let mut wire = Wire::new(protocol);
                let result = if round % 3 == 0 {
                    wire.decode_connect(&mut input).map(drop).map_err(drop)
                } else {
                    wire.decode(&mut input).map(drop).map_err(drop)
                };
                if result.is_err() {
                    refused += 1;
                    break;
                }
                assert_eq!(before - input.len(), length, "{bytes:02x?} took more or less than its length");
                read += 1;
            }
        }
        assert!(read > 1000 && refused > 1000, "{read} read, {refused} refused");
    }
}
