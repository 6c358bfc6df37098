//! What a client is owed for a message, and what it gets for it.

use crate::wire::{AckReason, Outgoing};
use crate::{Outcome, QoS, RefusedReason};

/// Owed for one PUBLISH.
#[derive(Debug)]
pub(crate) struct Receipt {
    pub kind: Kind,
    pub source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// QoS 0: nothing.
    None,
    Ack(u16),
    Received(u16),
}

/// Where the answer comes from.
#[derive(Debug)]
pub(crate) enum Source {
    /// The next outcome of the intake.
    Intake,
    /// It was not offered to the intake.
    Denied(RefusedReason, String),
    /// We had this QoS 2 message before.
    Before,
}

impl Kind {
    pub(crate) const fn of(qos: QoS, id: Option<u16>) -> Self {
        match (qos, id) {
            (QoS::AtLeastOnce, Some(id)) => Self::Ack(id),
            (QoS::ExactlyOnce, Some(id)) => Self::Received(id),
            _ => Self::None,
        }
    }
}

/// What became of a message, as the wire says it.
pub(crate) struct Verdict {
    pub reason: AckReason,
    pub explanation: Option<String>,
}

impl Receipt {
    /// Takes the answer, from the intake's outcomes where it comes from there.
    pub(crate) fn redeem(&mut self, outcomes: &mut impl Iterator<Item = Outcome>) -> Verdict {
        let (reason, explanation) = match std::mem::replace(&mut self.source, Source::Before) {
            Source::Before => (AckReason::Success, None),
            Source::Denied(reason, explanation) => (reason.into(), Some(explanation)),
            Source::Intake => match outcomes.next() {
                Some(Outcome::Accepted | Outcome::Retransmitted) => (AckReason::Success, None),
                Some(Outcome::Refused { reason, explanation }) => (reason.into(), Some(explanation)),
                None => (AckReason::ImplementationSpecific, Some("the server lost count".to_owned())),
            },
        };
        Verdict { reason, explanation }
    }

    /// The packet to send, if one is owed.
    pub(crate) fn packet<'a>(&self, verdict: &'a Verdict) -> Option<Outgoing<'a>> {
        let (reason, explanation) = (verdict.reason, verdict.explanation.as_deref());
        match self.kind {
            Kind::None => None,
            Kind::Ack(id) => Some(Outgoing::PubAck { id, reason, explanation }),
            Kind::Received(id) => Some(Outgoing::PubRec { id, reason, explanation }),
        }
    }
}
