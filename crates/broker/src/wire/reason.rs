//! Reason codes, and the faults that end a connection.

use model::{Phrase, phrase};
use rmqtt_codec::error::DecodeError;
use rmqtt_codec::v5::{DisconnectReasonCode, PublishAckReason, SubscribeAckReason, UnsubscribeAckReason};

use crate::{RefusalCode, RefusedReason};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AckReason {
    Success,
    ImplementationSpecific,
    NotAuthorized,
    TopicNameInvalid,
    QuotaExceeded,
    PayloadInvalid,
}

impl AckReason {
    pub(crate) const fn code(self) -> PublishAckReason {
        match self {
            Self::Success => PublishAckReason::Success,
            Self::ImplementationSpecific => PublishAckReason::ImplementationSpecificError,
            Self::NotAuthorized => PublishAckReason::NotAuthorized,
            Self::TopicNameInvalid => PublishAckReason::TopicNameInvalid,
            Self::QuotaExceeded => PublishAckReason::QuotaExceeded,
            Self::PayloadInvalid => PublishAckReason::PayloadFormatInvalid,
        }
    }
}

impl From<RefusedReason> for AckReason {
    fn from(reason: RefusedReason) -> Self {
        match reason {
            RefusedReason::TopicUnknown => Self::TopicNameInvalid,
            RefusedReason::PayloadInvalid => Self::PayloadInvalid,
            // The standard has no such code for a single message.
            RefusedReason::TooLarge => Self::ImplementationSpecific,
            RefusedReason::NotAllowed => Self::NotAuthorized,
            RefusedReason::Quota => Self::QuotaExceeded,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GrantReason {
    Granted(super::QoS),
    NotAuthorized,
    FilterInvalid,
    QuotaExceeded,
    SharedNotSupported,
}

impl GrantReason {
    pub(crate) const fn code(self) -> SubscribeAckReason {
        match self {
            Self::Granted(super::QoS::AtMostOnce) => SubscribeAckReason::GrantedQos0,
            Self::Granted(super::QoS::AtLeastOnce) => SubscribeAckReason::GrantedQos1,
            Self::Granted(super::QoS::ExactlyOnce) => SubscribeAckReason::GrantedQos2,
            Self::NotAuthorized => SubscribeAckReason::NotAuthorized,
            Self::FilterInvalid => SubscribeAckReason::TopicFilterInvalid,
            Self::QuotaExceeded => SubscribeAckReason::QuotaExceeded,
            Self::SharedNotSupported => SubscribeAckReason::SharedSubscriptionNotSupported,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RemoveReason {
    Removed,
    NotThere,
    FilterInvalid,
}

impl RemoveReason {
    pub(crate) const fn code(self) -> UnsubscribeAckReason {
        match self {
            Self::Removed => UnsubscribeAckReason::Success,
            Self::NotThere => UnsubscribeAckReason::NoSubscriptionExisted,
            Self::FilterInvalid => UnsubscribeAckReason::TopicFilterInvalid,
        }
    }
}

pub(crate) type DisconnectReason = DisconnectReasonCode;

/// Why a CONNECT is turned down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Malformed,
    Protocol,
    ClientId,
    Authentication,
    QuotaExceeded,
    TooLarge,
    WillTopic,
    WillRetain,
    Gate(RefusalCode),
}

/// A rule of the protocol that a client broke, so that its connection ends.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault {
    pub reason: DisconnectReason,
    pub explanation: Phrase,
}

impl Fault {
    pub(crate) const fn new(reason: DisconnectReason, explanation: Phrase) -> Self {
        Self { reason, explanation }
    }

    pub(crate) const fn malformed(explanation: Phrase) -> Self {
        Self::new(DisconnectReason::MalformedPacket, explanation)
    }

    pub(crate) const fn protocol(explanation: Phrase) -> Self {
        Self::new(DisconnectReason::ProtocolError, explanation)
    }
}

impl From<DecodeError> for Fault {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::InvalidTopicName => Self::new(
                DisconnectReason::TopicNameInvalid,
                phrase!("mqtt_topic_empty", "the topic is empty"),
            ),
            DecodeError::InvalidTopicFilter => Self::protocol(phrase!(
                "mqtt_no_filter",
                "SUBSCRIBE and UNSUBSCRIBE need at least one filter",
            )),
            DecodeError::Utf8Error => {
                Self::malformed(phrase!("mqtt_not_utf8", "a text in the packet is not UTF-8"))
            }
            DecodeError::UnsupportedPacketType => Self::malformed(phrase!(
                "mqtt_packet_type",
                "the packet's type or its flags are not of this protocol",
            )),
            DecodeError::InvalidLength => Self::malformed(phrase!(
                "mqtt_packet_length",
                "the packet's length does not fit its content",
            )),
            _ => Self::malformed(phrase!("mqtt_packet", "the packet breaks the rules of its type")),
        }
    }
}
