//! The loop of a connection: whatever can go on next goes on.

use std::future::poll_fn;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use model::{Phrase, phrase};

use super::aliases::Aliases;
use super::duplex::Duplex;
use super::ending::End;
use super::keep_alive::KeepAlive;
use super::pipeline::{Answer, Pipeline, Settled};
use super::receipt::{Kind, Receipt, Source};
use super::will::Testament;
use crate::hub::Hub;
use crate::session::{Kick, Next, Seat, Session, Ticket};
use crate::wire::{AckReason, Outgoing, Wire};
use crate::{Client, Outcome, Transport, Unavailable};

/// A connection's claim on a session, given back when it is dropped.
pub(crate) struct Place {
    hub: Arc<Hub>,
    pub session: Arc<Session>,
    pub ticket: Ticket,
    pub seat: Option<Seat>,
}

impl Place {
    pub(crate) fn new(hub: Arc<Hub>, session: Arc<Session>, ticket: Ticket) -> Self {
        Self { hub, session, ticket, seat: None }
    }

    pub(crate) fn is_newest(&self) -> bool {
        self.session.is_newest(self.ticket)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.hub.registry.release(&self.session);
    }
}

pub(crate) struct Connection<S> {
    pub(super) number: NonZeroU32,
    pub(super) hub: Arc<Hub>,
    pub(super) client: Client,
    pub(super) place: Place,
    pub(super) duplex: Duplex<S>,
    pub(super) wire: Wire,
    pub(super) pipeline: Pipeline,
    pub(super) aliases: Aliases,
    /// QoS 1 messages taken and not yet acknowledged.
    pub(super) unacked: usize,
    pub(super) keep_alive: Option<KeepAlive>,
    /// Unacknowledged messages that the client takes.
    pub(super) window: usize,
    pub(super) will: Option<Box<Testament>>,
}

enum Turn {
    Input,
    Settled(Settled),
    Signal,
}

impl<S: Transport> Connection<S> {
    /// Serves the client until one side has enough.
    pub(crate) async fn run(mut self: Box<Self>) {
        let end = match self.serve().await {
            Ok(never) => match never {},
            Err(end) => end,
        };
        Box::pin(self.finish(end)).await;
    }

    async fn serve(&mut self) -> Result<std::convert::Infallible, End> {
        if self.hub.stop.is_cancelled() {
            return Err(End::Shutdown);
        }
        self.pump();
        // Clients need not wait for the CONNACK: more than CONNECT may have arrived.
        self.read_packets()?;
        loop {
            match poll_fn(|cx| self.poll_turn(cx)).await? {
                Turn::Input => {
                    if let Some(keep_alive) = &mut self.keep_alive {
                        keep_alive.heard();
                    }
                    self.read_packets()?;
                }
                Turn::Settled(settled) => self.settle(settled)?,
                Turn::Signal => {
                    if !self.place.is_newest() {
                        return Err(End::TakenOver);
                    }
                    match self.place.session.state().kick.take() {
                        Some(Kick::Shutdown) => return Err(End::Shutdown),
                        Some(Kick::Administrative(reason)) => return Err(End::Administrative(reason)),
                        None => {}
                    }
                    self.pump();
                }
            }
        }
    }

    /// Settled batches come first, so that their acknowledgements leave in one write; then writing, then reading.
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<Result<Turn, End>> {
        if self.place.session.take_signal(cx.waker()) {
            return Poll::Ready(Ok(Turn::Signal));
        }
        if let Poll::Ready(settled) = self.pipeline.poll_settled(cx) {
            return Poll::Ready(Ok(Turn::Settled(settled)));
        }
        let was_congested = self.duplex.is_congested();
        if let Poll::Ready(Err(error)) = self.duplex.poll_drain(cx) {
            return Poll::Ready(Err(End::Broken(error.kind())));
        }
        if was_congested && !self.duplex.is_congested() {
            return Poll::Ready(Ok(Turn::Signal));
        }
        let listening = self.is_listening();
        if listening {
            match self.duplex.poll_fill(cx) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(End::Gone)),
                Poll::Ready(Ok(_)) => return Poll::Ready(Ok(Turn::Input)),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(End::Broken(error.kind()))),
                Poll::Pending => {}
            }
        }
        match &mut self.keep_alive {
            Some(keep_alive) => keep_alive.poll_silent(cx, listening).map(|limit| Err(End::Silent(limit))),
            None => Poll::Pending,
        }
    }

    /// Back-pressure: nothing is read while too much waits to become durable or to leave.
    fn is_listening(&self) -> bool {
        let config = &self.hub.config;
        let everybody = self.hub.counters.unacked_bytes.load(Ordering::Relaxed);
        !self.duplex.is_congested()
            && self.pipeline.messages() < config.unacked_messages
            && self.pipeline.bytes() < config.unacked_bytes
            && (self.pipeline.is_empty() || everybody < config.unacked_bytes_total)
    }

    /// Sends what waits for the client, as far as its window and its patience allow.
    pub(super) fn pump(&mut self) {
        let mut state = self.place.session.state();
        while !self.duplex.is_congested() {
            let Some(next) = state.outbox.next(self.window) else { return };
            let sent = match &next {
                Next::Release { id } => {
                    self.wire.encode(Outgoing::PubRel { id: *id, found: true }, &mut self.duplex.output)
                }
                Next::Publish { message, id, dup } => self.wire.encode(
                    Outgoing::Publish {
                        topic: &message.topic,
                        payload: &message.payload,
                        qos: message.qos,
                        id: *id,
                        dup: *dup,
                        identifiers: &message.identifiers,
                    },
                    &mut self.duplex.output,
                ),
            };
            match (sent, next) {
                (Ok(()), Next::Publish { .. }) => {
                    self.hub.counters.messages_out.fetch_add(1, Ordering::Relaxed);
                }
                (Err(_), Next::Publish { id, message, .. }) => {
                    tracing::debug!(
                        tenant.id = %self.client.tenant, device.id = %self.client.device,
                        bytes = message.payload.len(), "a message is larger than the client takes; it was dropped"
                    );
                    if let Some(id) = id {
                        state.outbox.settle(id);
                    }
                }
                (_, Next::Release { .. }) => {}
            }
        }
    }

    /// Queues an answer that any client can take.
    pub(super) fn send(&mut self, packet: Outgoing<'_>) {
        // A client whose maximum is below a four-byte packet gets what it asked for.
        drop(self.wire.encode(packet, &mut self.duplex.output));
    }

    /// Acknowledges what has become durable.
    fn settle(&mut self, settled: Settled) -> Result<(), End> {
        match settled {
            Settled::Batch { outcomes, mut receipts } => match check(outcomes, &receipts) {
                Ok(outcomes) => self.acknowledge(outcomes, &mut receipts),
                Err(unavailable) => {
                    self.disown(&receipts);
                    return Err(End::Unavailable(Phrase::plain(unavailable.detail)));
                }
            },
            Settled::Answer { saved, answer } => {
                // The store's own words are for the log, where the saver has put them.
                saved.map_err(|_| {
                    End::Unavailable(phrase!("session_not_saved", "the session cannot be saved"))
                })?;
                self.reply(&answer);
            }
        }
        Ok(())
    }

    fn acknowledge(&mut self, outcomes: Vec<Outcome>, receipts: &mut [Receipt]) {
        let mut outcomes = outcomes.into_iter();
        for receipt in receipts {
            let from_intake = matches!(receipt.source, Source::Intake);
            let verdict = receipt.redeem(&mut outcomes);
            let refused = verdict.reason != AckReason::Success;
            if refused && from_intake {
                self.hub.counters.messages_refused.fetch_add(1, Ordering::Relaxed);
            }
            match receipt.kind {
                Kind::Ack(_) => self.unacked = self.unacked.saturating_sub(1),
                // For MQTT 5 a refusal ends the exchange; in MQTT 3.1.1 the client goes on to release it.
                Kind::Received(id) if refused && self.wire.protocol() == crate::Protocol::V5 => {
                    self.place.session.state().received.remove(&id);
                }
                _ => {}
            }
            if let Some(packet) = receipt.packet(&verdict) {
                drop(self.wire.encode(packet, &mut self.duplex.output));
            }
        }
    }

    /// These messages were not kept: when the client sends them again, they are new.
    fn disown(&self, receipts: &[Receipt]) {
        let mut state = self.place.session.state();
        for receipt in receipts {
            if let (Kind::Received(id), Source::Intake | Source::Denied(..)) = (receipt.kind, &receipt.source)
            {
                state.received.remove(&id);
            }
        }
    }

    fn reply(&mut self, answer: &Answer) {
        self.send(match answer {
            Answer::Subscribed { id, reasons, explanation } => {
                Outgoing::SubAck { id: *id, reasons, explanation: explanation.as_deref() }
            }
            Answer::Unsubscribed { id, reasons } => Outgoing::UnsubAck { id: *id, reasons },
        });
    }

    /// Waits for what was handed over, so that the session's state is true for whoever comes next. Once something was
    /// not kept (`failed`), nothing after it is acknowledged either: acknowledgements leave in the order of arrival.
    pub(super) async fn drain(&mut self, patience: Duration, mut failed: bool) {
        let settle_all = async {
            while !self.pipeline.is_empty() {
                let settled = poll_fn(|cx| self.pipeline.poll_settled(cx)).await;
                match settled {
                    Settled::Batch { receipts, .. } if failed => self.disown(&receipts),
                    Settled::Answer { .. } if failed => {}
                    settled => failed = self.settle(settled).is_err(),
                }
            }
        };
        if tokio::time::timeout(patience, settle_all).await.is_err() {
            let receipts = self.pipeline.abandon();
            self.disown(&receipts);
        }
    }
}

/// The intake must answer for each message, or we would acknowledge what nobody kept.
fn check(
    outcomes: Result<Vec<Outcome>, Unavailable>,
    receipts: &[Receipt],
) -> Result<Vec<Outcome>, Unavailable> {
    let outcomes = outcomes?;
    let expected = receipts.iter().filter(|receipt| matches!(receipt.source, Source::Intake)).count();
    if outcomes.len() == expected {
        Ok(outcomes)
    } else {
        tracing::error!(expected, given = outcomes.len(), "the intake lost count of a batch");
        Err(Unavailable { detail: "the server lost count of your messages".to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpStream;

    /// The parts of an idle connection that are ours, so that they do not grow unnoticed; the rest of its 3 KB is the
    /// runtime's, the registry's and the allocator's.
    #[test]
    fn an_idle_connection_is_small() {
        assert!(size_of::<Connection<TcpStream>>() <= 512, "{}", size_of::<Connection<TcpStream>>());
        assert!(size_of::<Session>() <= 512, "{}", size_of::<Session>());
    }
}
