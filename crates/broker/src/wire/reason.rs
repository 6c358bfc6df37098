//! Reason codes, and the faults that end a connection.

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
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub reason: DisconnectReason,
    pub explanation: String,
}

impl Fault {
    pub(crate) fn new(reason: DisconnectReason, explanation: impl Into<String>) -> Self {
        Self { reason, explanation: explanation.into() }
    }

    pub(crate) fn malformed(explanation: impl Into<String>) -> Self {
        Self::new(DisconnectReason::MalformedPacket, explanation)
    }

    pub(crate) fn protocol(explanation: impl Into<String>) -> Self {
        Self::new(DisconnectReason::ProtocolError, explanation)
    }
}

impl From<DecodeError> for Fault {
    fn from(error: DecodeError) -> Self {
        let (reason, explanation) = match error {
            DecodeError::InvalidTopicName => (DisconnectReason::TopicNameInvalid, "the topic is empty"),
            DecodeError::InvalidTopicFilter => {
                (DisconnectReason::ProtocolError, "SUBSCRIBE and UNSUBSCRIBE need at least one filter")
            }
            DecodeError::Utf8Error => {
                (DisconnectReason::MalformedPacket, "a text in the packet is not UTF-8")
            }
            DecodeError::UnsupportedPacketType => {
                (DisconnectReason::MalformedPacket, "the packet's type or its flags are not of this protocol")
            }
            DecodeError::InvalidLength => {
                (DisconnectReason::MalformedPacket, "the packet's length does not fit its content")
            }
            _ => (DisconnectReason::MalformedPacket, "the packet breaks the rules of its type"),
        };
        Self::new(reason, explanation)
    }
}
