//! Where published messages go. The broker's promise to clients rests on this trait's promise to the broker.

use std::num::NonZeroU32;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use model::Phrase;

use crate::{Client, QoS};

/// One published message.
#[derive(Clone, Debug)]
pub struct Inbound {
    pub topic: Arc<str>,
    pub payload: Bytes,
    pub qos: QoS,
    /// Present for QoS 1 and 2.
    pub packet_id: Option<u16>,
    /// Which connection it came on: a packet id that comes again on the same one is a new message.
    pub connection: NonZeroU32,
    /// The client says that it may have sent this before.
    pub dup: bool,
    /// Retained messages are not kept; the flag is passed on for those who count them.
    pub retain: bool,
    /// MQTT 5 user properties, in the order sent.
    pub user_properties: Vec<(String, String)>,
}

/// A message that the gatekeeper did not allow, with its explanation.
#[derive(Clone, Debug)]
pub struct Denied {
    pub message: Inbound,
    pub explanation: Phrase,
}

/// What became of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Accepted,
    /// It was accepted before; the client missed our acknowledgement.
    Retransmitted,
    /// It was durably recorded as a problem, and sending it again would not help.
    Refused {
        reason: RefusedReason,
        explanation: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusedReason {
    TopicUnknown,
    PayloadInvalid,
    TooLarge,
    NotAllowed,
    Quota,
}

/// Nothing of the batch was kept. The broker acknowledges none of it and ends the connection, so that the client
/// sends it again later.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("messages cannot be stored right now: {detail}")]
pub struct Unavailable {
    pub detail: String,
}

pub trait Intake: Send + Sync + 'static {
    /// Takes a batch of one client. The call itself fixes the order: what an earlier call took comes first.
    ///
    /// The future resolves once the whole batch is durable, with one outcome per message in the same order. The work
    /// must go on without being polled, because the broker only polls the oldest batch of a connection.
    fn take(
        &self,
        client: &Client,
        messages: Vec<Inbound>,
    ) -> BoxFuture<'static, Result<Vec<Outcome>, Unavailable>>;

    /// Records messages that the gatekeeper denied, so that an operator sees them. They must go no further than that.
    /// The future resolves once the record is durable (or was rate-limited away); then the client gets its answer.
    fn refuse(&self, client: &Client, messages: Vec<Denied>) -> BoxFuture<'static, Result<(), Unavailable>>;
}
