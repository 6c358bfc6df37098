//! Bytes to packets, in both versions.

use bytes::BytesMut;
use rmqtt_codec::error::DecodeError;
use rmqtt_codec::types::{Publish as CodecPublish, QoS as CodecQoS};
use rmqtt_codec::v5::DisconnectReasonCode;
use rmqtt_codec::{v3, v5};
use tokio_util::codec::Decoder;

use super::{Codec, Connect, Fault, Filter, Packet, Publish, QoS, Refused, Will, Wire};

/// MQTT 3.1.1 has no session expiry: a session that is not clean stays for as long as we let it.
const FOREVER: u32 = u32::MAX;

impl Wire {
    /// Decodes exactly one whole packet (see [`super::scan`]).
    pub(crate) fn decode(&mut self, frame: &mut BytesMut) -> Result<Packet, Fault> {
        let packet = match &mut self.codec {
            Codec::V3(codec) => codec.decode(frame)?.map(|(packet, _)| from_v3(packet)),
            Codec::V5(codec) => codec.decode(frame)?.map(|(packet, _)| from_v5(packet)),
        };
        packet.ok_or_else(|| Fault::malformed("the packet ends too early"))?
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
    pub(crate) fn decode_connect(&mut self, frame: &mut BytesMut) -> Result<Connect, NotAConnect> {
        let packet = match &mut self.codec {
            Codec::V3(codec) => codec.decode(frame).map(|packet| packet.map(|(packet, _)| from_v3(packet))),
            Codec::V5(codec) => codec.decode(frame).map(|packet| packet.map(|(packet, _)| from_v5(packet))),
        };
        let malformed = |explanation: String| NotAConnect { refused: Refused::Malformed, explanation };
        match packet {
            Ok(Some(Ok(Packet::Connect(connect)))) => Ok(*connect),
            Ok(Some(Err(fault))) => Err(malformed(fault.explanation)),
            Ok(_) => Err(NotAConnect {
                refused: Refused::Protocol,
                explanation: "the first packet must be CONNECT".to_owned(),
            }),
            Err(DecodeError::InvalidClientId) => Err(NotAConnect {
                refused: Refused::ClientId,
                explanation: "a client without a client id must ask for a clean session".to_owned(),
            }),
            Err(error) => Err(malformed(Fault::from(error).explanation)),
        }
    }
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
                return Err(Fault::malformed("MQTT 3.1.1 allows a password only together with a username"));
            }
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
        v3::Packet::Subscribe { packet_id, topic_filters } => Packet::Subscribe {
            id: packet_id.get(),
            identifier: None,
            filters: topic_filters
                .into_iter()
                .map(|(filter, qos)| Filter { filter, qos: qos.into() })
                .collect(),
        },
        v3::Packet::Unsubscribe { packet_id, topic_filters } => {
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
        v5::Packet::Connect(connect) => Packet::Connect(Box::new(Connect {
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
        })),
        v5::Packet::Publish(publish) => Packet::Publish(self::publish(*publish)?),
        v5::Packet::PublishAck(ack) => {
            Packet::PubAck { id: ack.packet_id.get(), failed: u8::from(ack.reason_code) >= 0x80 }
        }
        v5::Packet::PublishReceived(ack) => {
            Packet::PubRec { id: ack.packet_id.get(), failed: u8::from(ack.reason_code) >= 0x80 }
        }
        v5::Packet::PublishRelease(ack) => Packet::PubRel { id: ack.packet_id.get() },
        v5::Packet::PublishComplete(ack) => Packet::PubComp { id: ack.packet_id.get() },
        v5::Packet::Subscribe(subscribe) => Packet::Subscribe {
            id: subscribe.packet_id.get(),
            identifier: subscribe.id.map(Into::into),
            filters: subscribe
                .topic_filters
                .into_iter()
                .map(|(filter, options)| Filter { filter, qos: options.qos.into() })
                .collect(),
        },
        v5::Packet::Unsubscribe(unsubscribe) => {
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
        return Err(Fault::malformed("a message of QoS 0 cannot be a duplicate"));
    }
    let (alias, user_properties) = match publish.properties {
        Some(properties) => {
            if !properties.subscription_ids.is_empty() {
                return Err(Fault::protocol("only a server sends subscription identifiers in PUBLISH"));
            }
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
