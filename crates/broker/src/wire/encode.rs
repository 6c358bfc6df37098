//! Packets to bytes, in both versions.

use std::num::NonZeroU16;

use bytes::{BufMut, Bytes, BytesMut};
use bytestring::ByteString;
use model::printable;
use rmqtt_codec::types::{Publish, QoS as CodecQoS};
use rmqtt_codec::{v3, v5};
use tokio_util::codec::Encoder;

use super::{Accepted, AckReason, Codec, GrantReason, Outgoing, QoS, Refused, Wire};
use crate::RefusalCode;

/// The client cannot take a packet of this size, or the packet cannot be written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unsendable;

const PUBACK: u8 = 0x40;
const PUBREC: u8 = 0x50;
const PUBREL: u8 = 0x62;
const PUBCOMP: u8 = 0x70;
const PACKET_ID_NOT_FOUND: u8 = 0x92;
/// Reason strings beyond this would only burden small devices.
const MAX_EXPLANATION: usize = 512;

impl Wire {
    /// Appends the packet to `out`, or nothing when the client cannot take it.
    pub(crate) fn encode(&mut self, packet: Outgoing<'_>, out: &mut BytesMut) -> Result<(), Unsendable> {
        let start = out.len();
        let result = self.append(packet, out);
        if result.is_err() || out.len() - start > self.limit as usize {
            out.truncate(start);
            return Err(Unsendable);
        }
        Ok(())
    }

    fn append(&mut self, packet: Outgoing<'_>, out: &mut BytesMut) -> Result<(), Unsendable> {
        // The answers on the hot path are written here: they are four bytes long in both versions.
        match packet {
            Outgoing::PubAck { id, reason, explanation } => {
                return self.acknowledge(PUBACK, id, reason, explanation, out);
            }
            Outgoing::PubRec { id, reason, explanation } => {
                return self.acknowledge(PUBREC, id, reason, explanation, out);
            }
            Outgoing::PubRel { id, found } => self.second_step(PUBREL, id, found, out),
            Outgoing::PubComp { id, found } => self.second_step(PUBCOMP, id, found, out),
            Outgoing::Pong => out.put_slice(&[0xd0, 0]),
            packet => return self.through_codec(packet, out),
        }
        Ok(())
    }

    fn second_step(&self, kind: u8, id: u16, found: bool, out: &mut BytesMut) {
        if found || matches!(self.codec, Codec::V3(_)) {
            put_ack(out, kind, id);
        } else {
            put_ack_reason(out, kind, id, PACKET_ID_NOT_FOUND);
        }
    }

    fn acknowledge(
        &mut self,
        kind: u8,
        id: u16,
        reason: AckReason,
        explanation: Option<&str>,
        out: &mut BytesMut,
    ) -> Result<(), Unsendable> {
        let Codec::V5(codec) = &mut self.codec else {
            put_ack(out, kind, id);
            return Ok(());
        };
        match explanation.filter(|_| !self.terse) {
            None if reason == AckReason::Success => put_ack(out, kind, id),
            None => put_ack_reason(out, kind, id, reason.code().into()),
            Some(text) => {
                let start = out.len();
                let ack = v5::PublishAck {
                    packet_id: packet_id(id)?,
                    reason_code: reason.code(),
                    properties: Vec::new(),
                    reason_string: Some(clip(text)),
                };
                let packet = if kind == PUBACK {
                    v5::Packet::PublishAck(ack)
                } else {
                    v5::Packet::PublishReceived(ack)
                };
                codec.encode(packet, out).map_err(|_| Unsendable)?;
                if out.len() - start > self.limit as usize {
                    out.truncate(start);
                    put_ack_reason(out, kind, id, reason.code().into());
                }
            }
        }
        Ok(())
    }

    fn through_codec(&mut self, packet: Outgoing<'_>, out: &mut BytesMut) -> Result<(), Unsendable> {
        match &mut self.codec {
            Codec::V3(codec) => match to_v3(packet)? {
                Some(packet) => codec.encode(packet, out).map_err(|_| Unsendable),
                None => Ok(()),
            },
            Codec::V5(codec) => {
                let (packet, explanation) = to_v5(packet, self.terse)?;
                if explanation.is_none() {
                    return codec.encode(packet, out).map_err(|_| Unsendable);
                }
                let start = out.len();
                codec.encode(explain(packet.clone(), explanation), out).map_err(|_| Unsendable)?;
                if out.len() - start > self.limit as usize {
                    // Better without words than not at all.
                    out.truncate(start);
                    codec.encode(packet, out).map_err(|_| Unsendable)?;
                }
                Ok(())
            }
        }
    }

    /// Appends a CONNACK that turns the client down.
    pub(crate) fn refuse(&mut self, refused: Refused, explanation: &str, out: &mut BytesMut) {
        let result = match &mut self.codec {
            Codec::V3(codec) => match v3_refusal(refused) {
                Some(return_code) => codec.encode(
                    v3::Packet::ConnectAck(v3::ConnectAck { return_code, session_present: false }),
                    out,
                ),
                // MQTT 3.1.1 closes without a word when a CONNECT makes no sense.
                None => Ok(()),
            },
            Codec::V5(codec) => {
                let start = out.len();
                let mut connack =
                    v5::ConnectAck { reason_code: v5_refusal(refused), ..v5::ConnectAck::default() };
                connack.reason_string = Some(clip(explanation));
                let mut result = codec.encode(connack.clone().into(), out);
                if out.len() - start > self.limit as usize {
                    // Better without words than not at all.
                    out.truncate(start);
                    connack.reason_string = None;
                    result = codec.encode(connack.into(), out);
                    if out.len() - start > self.limit as usize {
                        out.truncate(start);
                    }
                }
                result
            }
        };
        // The connection ends in any case; an answer that cannot be written is only missing.
        drop(result);
    }
}

/// The CONNACK for a protocol level that we do not speak: the one form that all levels know.
pub(crate) const UNKNOWN_LEVEL: [u8; 4] = [0x20, 2, 0, 1];

fn put_ack(out: &mut BytesMut, kind: u8, id: u16) {
    let [high, low] = id.to_be_bytes();
    out.put_slice(&[kind, 2, high, low]);
}

fn put_ack_reason(out: &mut BytesMut, kind: u8, id: u16, reason: u8) {
    let [high, low] = id.to_be_bytes();
    out.put_slice(&[kind, 3, high, low, reason]);
}

fn packet_id(id: u16) -> Result<NonZeroU16, Unsendable> {
    NonZeroU16::new(id).ok_or(Unsendable)
}

/// The start of an explanation, which may quote what the client sent: a text with control characters or a byte order
/// mark is malformed for some clients, which then connect again and again.
fn clip(text: &str) -> ByteString {
    let text = printable(text);
    let end = text.floor_char_boundary(MAX_EXPLANATION);
    text.get(..end).unwrap_or_default().into()
}

fn codec_qos(qos: QoS) -> CodecQoS {
    match qos {
        QoS::AtMostOnce => CodecQoS::AtMostOnce,
        QoS::AtLeastOnce => CodecQoS::AtLeastOnce,
        QoS::ExactlyOnce => CodecQoS::ExactlyOnce,
    }
}

fn publish(
    topic: &str,
    payload: &Bytes,
    qos: QoS,
    id: Option<u16>,
    dup: bool,
    properties: Option<v5::PublishProperties>,
) -> Publish {
    Publish {
        dup,
        retain: false,
        qos: codec_qos(qos),
        topic: topic.into(),
        packet_id: id.and_then(NonZeroU16::new),
        payload: payload.clone(),
        properties,
    }
}

fn to_v3(packet: Outgoing<'_>) -> Result<Option<v3::Packet>, Unsendable> {
    Ok(Some(match packet {
        Outgoing::Accepted(accepted) => v3::Packet::ConnectAck(v3::ConnectAck {
            return_code: v3::ConnectAckReason::ConnectionAccepted,
            session_present: accepted.session_present,
        }),
        Outgoing::Publish { topic, payload, qos, id, dup, .. } => {
            publish(topic, payload, qos, id, dup, None).into()
        }
        Outgoing::SubAck { id, reasons, .. } => v3::Packet::SubscribeAck {
            packet_id: packet_id(id)?,
            status: reasons
                .iter()
                .map(|reason| match reason {
                    GrantReason::Granted(qos) => v3::SubscribeReturnCode::Success(codec_qos(*qos)),
                    _ => v3::SubscribeReturnCode::Failure,
                })
                .collect(),
        },
        Outgoing::UnsubAck { id, .. } => v3::Packet::UnsubscribeAck { packet_id: packet_id(id)? },
        // MQTT 3.1.1 servers close without a word.
        Outgoing::Disconnect { .. } => return Ok(None),
        _ => return Err(Unsendable),
    }))
}

fn to_v5(packet: Outgoing<'_>, terse: bool) -> Result<(v5::Packet, Option<ByteString>), Unsendable> {
    Ok(match packet {
        Outgoing::Accepted(accepted) => (connack(accepted), None),
        Outgoing::Publish { topic, payload, qos, id, dup, identifiers } => {
            let properties = v5::PublishProperties {
                subscription_ids: identifiers.iter().filter_map(|id| (*id).try_into().ok()).collect(),
                ..v5::PublishProperties::default()
            };
            (publish(topic, payload, qos, id, dup, Some(properties)).into(), None)
        }
        Outgoing::SubAck { id, reasons, explanation } => (
            v5::SubscribeAck {
                packet_id: packet_id(id)?,
                properties: Vec::new(),
                reason_string: None,
                status: reasons.iter().map(|reason| reason.code()).collect(),
            }
            .into(),
            explanation.filter(|_| !terse).map(clip),
        ),
        Outgoing::UnsubAck { id, reasons } => (
            v5::UnsubscribeAck {
                packet_id: packet_id(id)?,
                properties: Vec::new(),
                reason_string: None,
                status: reasons.iter().map(|reason| reason.code()).collect(),
            }
            .into(),
            None,
        ),
        Outgoing::Disconnect { reason, explanation } => {
            (v5::Disconnect::new(reason).into(), Some(clip(explanation)))
        }
        _ => return Err(Unsendable),
    })
}

/// Adds the reason string to a packet that has room for one.
fn explain(mut packet: v5::Packet, explanation: Option<ByteString>) -> v5::Packet {
    match &mut packet {
        v5::Packet::SubscribeAck(ack) => ack.reason_string = explanation,
        v5::Packet::Disconnect(disconnect) => disconnect.reason_string = explanation,
        _ => {}
    }
    packet
}

fn connack(accepted: Accepted) -> v5::Packet {
    v5::ConnectAck {
        session_present: accepted.session_present,
        session_expiry_interval_secs: accepted.session_expiry,
        receive_max: NonZeroU16::new(accepted.receive_maximum).unwrap_or(NonZeroU16::MAX),
        max_packet_size: Some(accepted.max_packet),
        assigned_client_id: accepted.assigned_client_id.map(|id| ByteString::from(&*id)),
        topic_alias_max: accepted.topic_alias_maximum,
        retain_available: false,
        shared_subscription_available: false,
        server_keepalive_sec: accepted.server_keep_alive,
        ..v5::ConnectAck::default()
    }
    .into()
}

const fn v3_refusal(refused: Refused) -> Option<v3::ConnectAckReason> {
    use v3::ConnectAckReason as Code;
    match refused {
        Refused::Malformed
        | Refused::Protocol
        | Refused::TooLarge
        | Refused::WillTopic
        | Refused::WillRetain => None,
        Refused::ClientId => Some(Code::IdentifierRejected),
        Refused::Gate(RefusalCode::BadCredentials) => Some(Code::BadUserNameOrPassword),
        Refused::Gate(RefusalCode::NotAuthorized | RefusalCode::Banned) | Refused::Authentication => {
            Some(Code::NotAuthorized)
        }
        Refused::QuotaExceeded | Refused::Gate(RefusalCode::ServerBusy | RefusalCode::Unavailable) => {
            Some(Code::ServiceUnavailable)
        }
    }
}

const fn v5_refusal(refused: Refused) -> v5::ConnectAckReason {
    use v5::ConnectAckReason as Code;
    match refused {
        Refused::Malformed => Code::MalformedPacket,
        Refused::Protocol => Code::ProtocolError,
        Refused::ClientId => Code::ClientIdentifierNotValid,
        Refused::Authentication => Code::BadAuthenticationMethod,
        Refused::QuotaExceeded => Code::QuotaExceeded,
        Refused::TooLarge => Code::PacketTooLarge,
        Refused::WillTopic => Code::TopicNameInvalid,
        Refused::WillRetain => Code::RetainNotSupported,
        Refused::Gate(RefusalCode::BadCredentials) => Code::BadUserNameOrPassword,
        Refused::Gate(RefusalCode::NotAuthorized) => Code::NotAuthorized,
        Refused::Gate(RefusalCode::ServerBusy) => Code::ServerBusy,
        Refused::Gate(RefusalCode::Unavailable) => Code::ServerUnavailable,
        Refused::Gate(RefusalCode::Banned) => Code::Banned,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Protocol;

    fn bytes(wire: &mut Wire, packet: Outgoing<'_>) -> Vec<u8> {
        let mut out = BytesMut::new();
        wire.encode(packet, &mut out).unwrap();
        out.to_vec()
    }

    #[test]
    fn a_plain_acknowledgement_is_four_bytes() {
        for protocol in [Protocol::V311, Protocol::V5] {
            let ack = Outgoing::PubAck { id: 0x1234, reason: AckReason::Success, explanation: None };
            assert_eq!(bytes(&mut Wire::new(protocol), ack), b"\x40\x02\x12\x34");
        }
    }

    #[test]
    fn explanations_reach_those_who_want_them_and_have_room() {
        let refused = || Outgoing::PubAck {
            id: 7,
            reason: AckReason::NotAuthorized,
            explanation: Some("publish to telemetry or events"),
        };
        let mut wire = Wire::new(Protocol::V5);
        let told = bytes(&mut wire, refused());
        assert!(told.windows(9).any(|window| window == b"telemetry"), "{told:?}");
        wire.negotiate(true, None);
        assert_eq!(bytes(&mut wire, refused()), b"\x40\x03\x00\x07\x87");
        wire.negotiate(false, Some(20));
        assert_eq!(bytes(&mut wire, refused()), b"\x40\x03\x00\x07\x87");
    }

    #[test]
    fn what_a_client_cannot_take_is_not_sent() {
        let mut wire = Wire::new(Protocol::V5);
        wire.negotiate(false, Some(50));
        let payload = Bytes::from(vec![0; 100]);
        let mut out = BytesMut::from(&b"before"[..]);
        let publish = Outgoing::Publish {
            topic: "commands/1",
            payload: &payload,
            qos: QoS::AtLeastOnce,
            id: Some(1),
            dup: false,
            identifiers: &[],
        };
        assert_eq!(wire.encode(publish, &mut out), Err(Unsendable));
        assert_eq!(&out[..], b"before");
    }
}
