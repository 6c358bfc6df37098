//! Packets from the client, one after the other; published messages gather into one batch.

use std::sync::atomic::Ordering;

use bytestring::ByteString;
use futures::FutureExt;
use model::{Phrase, phrase};

use super::ending::End;
use super::pipeline::{Step, Weight};
use super::receipt::{Kind, Receipt, Source};
use super::turn::Connection;
use crate::hub::Hub;
use crate::topics::{MAX_BYTES, TopicError};
use crate::wire::{
    DisconnectReason, Fault, Frame, Outgoing, Packet, Publish, null_character, scan, topic_of,
};
use crate::{Client, Decision, Denied, Inbound, Protocol, RefusedReason, Transport, check_topic};

/// Of a message or a will with the retain flag.
pub(crate) fn no_retain() -> Phrase {
    phrase!(
        "mqtt_retain",
        "this server keeps no retained messages; publish without the retain flag, the last value of every field is kept anyway",
    )
}

/// One letter more than a topic may have.
const MOST_OF_TOPIC: usize = MAX_BYTES + 4;

/// Messages of one read.
#[derive(Default)]
pub(crate) struct Batch {
    messages: Vec<Inbound>,
    denied: Vec<Denied>,
    receipts: Vec<Receipt>,
    bytes: usize,
}

impl<S: Transport> Connection<S> {
    /// Handles every whole packet in the input.
    pub(super) fn read_packets(&mut self) -> Result<(), End> {
        let mut batch = Batch::default();
        let result = self.read_into(&mut batch);
        // What came before an end or a fault counts: it was sent in good order.
        self.submit(batch);
        self.duplex.release();
        result
    }

    fn read_into(&mut self, batch: &mut Batch) -> Result<(), End> {
        let limit = self.hub.config.max_packet_bytes;
        loop {
            match scan(&self.duplex.input, limit) {
                Frame::Whole(_) => {
                    let packet = self.wire.decode(&mut self.duplex.input)?;
                    self.handle(packet, batch)?;
                }
                Frame::Partial => return Ok(()),
                Frame::TooLarge(size) => {
                    let topic = topic_of(&self.duplex.input).unwrap_or_default().to_owned();
                    return Err(End::TooLarge { size, limit, topic });
                }
                Frame::Malformed => {
                    return Err(
                        Fault::malformed(phrase!("mqtt_length", "the packet's length is not one")).into()
                    );
                }
            }
        }
    }

    fn handle(&mut self, packet: Packet, batch: &mut Batch) -> Result<(), End> {
        match packet {
            Packet::Publish(publish) => self.publish(publish, batch)?,
            Packet::PubAck { id, failed } => self.settle_outbound(id, failed),
            Packet::PubRec { id, failed } => self.outbound_received(id, failed),
            Packet::PubComp { id } => self.settle_outbound(id, false),
            Packet::PubRel { id } => {
                let found = self.place.session.state().received.remove(&id);
                self.send(Outgoing::PubComp { id, found });
            }
            Packet::Subscribe { id, identifier, filters } => {
                self.submit(std::mem::take(batch));
                self.subscribe(id, identifier, &filters);
            }
            Packet::Unsubscribe { id, filters } => {
                self.submit(std::mem::take(batch));
                self.unsubscribe(id, &filters);
            }
            Packet::Ping => self.send(Outgoing::Pong),
            Packet::Disconnect { keep_will, session_expiry } => {
                if let Some(seconds) = session_expiry {
                    self.change_expiry(seconds)?;
                }
                return Err(End::Goodbye { keep_will });
            }
            Packet::Connect(_) => {
                return Err(Fault::protocol(phrase!(
                    "mqtt_second_connect",
                    "a second CONNECT on the same connection",
                ))
                .into());
            }
            Packet::Auth => {
                return Err(
                    Fault::protocol(phrase!("mqtt_auth", "AUTH without an authentication method",)).into()
                );
            }
            Packet::Misdirected => {
                return Err(
                    Fault::protocol(phrase!("mqtt_misdirected", "only a server sends this packet",)).into()
                );
            }
        }
        Ok(())
    }

    fn publish(&mut self, publish: Publish, batch: &mut Batch) -> Result<(), Fault> {
        if publish.retain && self.wire.protocol() == Protocol::V5 {
            return Err(Fault::new(DisconnectReason::RetainNotSupported, no_retain()));
        }
        // Of a topic that is too long, no more is kept than shows that it is.
        let topic = publish.topic.get(..publish.topic.floor_char_boundary(MOST_OF_TOPIC)).unwrap_or_default();
        let topic = self.aliases.resolve(topic, publish.alias, self.hub.config.topic_alias_maximum)?;
        let too_long = match check_topic(&topic) {
            Ok(()) => None,
            Err(error @ TopicError::TooLong) => Some(error),
            Err(TopicError::Null) => return Err(null_character()),
            Err(error) => return Err(Fault::new(DisconnectReason::TopicNameInvalid, error.phrase())),
        };
        let kind = Kind::of(publish.qos, publish.id);
        if let Some(repeated) = self.note_receipt(kind)? {
            batch.receipts.push(repeated);
            return Ok(());
        }
        batch.bytes += publish.payload.len() + topic.len();
        let message = Inbound {
            topic,
            payload: publish.payload,
            qos: publish.qos,
            packet_id: publish.id,
            connection: self.number,
            dup: publish.dup,
            retain: publish.retain,
            user_properties: owned(publish.user_properties),
        };
        let decision = match too_long {
            Some(error) => Decision::Deny { explanation: error.phrase() },
            None => decide(&self.hub, &self.client, &message.topic),
        };
        let source = match decision {
            Decision::Allow => {
                batch.messages.push(message);
                Source::Intake
            }
            Decision::Deny { explanation } => {
                batch.denied.push(Denied { message, explanation: explanation.clone() });
                let reason =
                    if too_long.is_some() { RefusedReason::TopicUnknown } else { RefusedReason::NotAllowed };
                Source::Denied(reason, explanation.to_string())
            }
        };
        batch.receipts.push(Receipt { kind, source });
        Ok(())
    }

    /// Counts a message that will be acknowledged. A QoS 2 message that we have taken already is not taken again.
    fn note_receipt(&mut self, kind: Kind) -> Result<Option<Receipt>, Fault> {
        if kind == Kind::None {
            return Ok(None);
        }
        let mut state = self.place.session.state();
        if let Kind::Received(id) = kind
            && state.received.contains(&id)
        {
            return Ok(Some(Receipt { kind, source: Source::Before }));
        }
        let maximum = usize::from(self.hub.config.receive_maximum);
        if self.wire.protocol() == Protocol::V5 && self.unacked + state.received.len() >= maximum {
            return Err(Fault::new(
                DisconnectReason::ReceiveMaximumExceeded,
                phrase!(
                    "mqtt_receive_maximum",
                    "more than {most} messages without waiting for their acknowledgement",
                    most = maximum,
                ),
            ));
        }
        match kind {
            Kind::Received(id) => _ = state.received.insert(id),
            _ => self.unacked += 1,
        }
        Ok(None)
    }

    /// Hands the batch over. The calls fix the order; nothing is awaited here.
    fn submit(&mut self, batch: Batch) {
        let Batch { messages, denied, receipts, bytes } = batch;
        if receipts.is_empty() {
            return;
        }
        let counters = &self.hub.counters;
        counters.messages_in.fetch_add(messages.len() as u64, Ordering::Relaxed);
        counters.messages_refused.fetch_add(denied.len() as u64, Ordering::Relaxed);
        let weight = Weight::new(self.hub.clone(), receipts.len(), bytes);
        let intake = &self.hub.intake;
        let taken = (!messages.is_empty()).then(|| intake.take(&self.client, messages));
        let refused = (!denied.is_empty()).then(|| intake.refuse(&self.client, denied));
        let taken = match (taken, refused) {
            (Some(taken), None) => taken,
            (taken, refused) => async move {
                let outcomes = match taken {
                    Some(taken) => taken.await?,
                    None => Vec::new(),
                };
                if let Some(refused) = refused {
                    refused.await?;
                }
                Ok(outcomes)
            }
            .boxed(),
        };
        self.pipeline.push(Step::Batch { taken, receipts, weight });
    }

    fn settle_outbound(&mut self, id: u16, failed: bool) {
        let message = self.place.session.state().outbox.settle(id);
        if let Some(message) = message.filter(|_| !failed) {
            self.hub.watcher.acknowledged(&self.client, &message.topic);
        }
        self.pump();
    }

    fn outbound_received(&mut self, id: u16, failed: bool) {
        if failed {
            return self.settle_outbound(id, true);
        }
        let (found, message) = self.place.session.state().outbox.received(id);
        if let Some(message) = message {
            self.hub.watcher.acknowledged(&self.client, &message.topic);
        }
        self.send(Outgoing::PubRel { id, found });
    }

    /// MQTT 5 clients may change, when they leave, how long the session stays; but not bring it to life.
    fn change_expiry(&self, seconds: u32) -> Result<(), Fault> {
        let mut state = self.place.session.state();
        if state.expiry.is_zero() && seconds > 0 {
            return Err(Fault::protocol(phrase!(
                "mqtt_session_expiry",
                "a session that was to end with its connection cannot be prolonged",
            )));
        }
        state.expiry = std::time::Duration::from_secs(seconds.into()).min(self.hub.config.session_expiry_max);
        Ok(())
    }
}

/// Whether the client may publish on the topic.
pub(crate) fn decide(hub: &Hub, client: &Client, topic: &str) -> Decision {
    if topic.starts_with('$') {
        return Decision::Deny { explanation: server_topics() };
    }
    hub.gatekeeper.may_publish(client, topic)
}

/// Of a topic or filter that begins with `$`.
pub(crate) fn server_topics() -> Phrase {
    phrase!("mqtt_server_topics", "topics that start with $ belong to the server")
}

pub(crate) fn owned(properties: Vec<(ByteString, ByteString)>) -> Vec<(String, String)> {
    properties.into_iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}
