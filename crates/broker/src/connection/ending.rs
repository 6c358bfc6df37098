//! How connections end, and what is said about it: to the client, to operators, to the session.

use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;

use model::{Phrase, ProblemCode, phrase};

use super::turn::Connection;
use super::will;
use crate::wire::{DisconnectReason, Fault, Outgoing};
use crate::{Departure, Protocol, Transport, Violation};

/// MQTT 3.1.1 cannot be told to come back later: it is at least kept from coming back at once.
const BUSY_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) enum End {
    /// The client said goodbye, maybe asking for its will to be published.
    Goodbye {
        keep_will: bool,
    },
    /// The client closed without saying goodbye.
    Gone,
    Broken(io::ErrorKind),
    /// Nothing was heard for so long.
    Silent(Duration),
    Fault(Fault),
    TooLarge {
        size: usize,
        limit: u32,
        topic: String,
    },
    TakenOver,
    Administrative(Phrase),
    Shutdown,
    /// The intake cannot keep messages now.
    Unavailable(Phrase),
}

impl From<Fault> for End {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl End {
    const fn is_graceful(&self) -> bool {
        matches!(self, Self::Goodbye { .. })
    }

    /// Whether the client's will is to be published. Our own shutdown says nothing about the device.
    const fn calls_for_will(&self) -> bool {
        !matches!(self, Self::Goodbye { keep_will: false } | Self::Shutdown)
    }

    fn explanation(&self) -> Phrase {
        match self {
            Self::Goodbye { keep_will: false } => phrase!("goodbye", "the client said goodbye"),
            Self::Goodbye { keep_will: true } => {
                phrase!("goodbye_with_will", "the client said goodbye and left its will")
            }
            Self::Gone => {
                phrase!("closed_without_goodbye", "the client closed the connection without saying goodbye",)
            }
            Self::Broken(kind) => {
                phrase!("connection_broke", "the connection broke: {error}", error = kind.to_string())
            }
            Self::Silent(limit) => phrase!(
                "keep_alive_missed",
                "nothing was heard for {quiet_s}, one and a half times the keep-alive",
                quiet_s = *limit,
            ),
            Self::Fault(fault) => phrase!(
                "protocol_broken",
                "the client broke the protocol: {fault}",
                fault = fault.explanation.clone(),
            ),
            Self::TooLarge { size, limit, .. } => phrase!(
                "packet_too_large",
                "a packet of {size} bytes is above the limit of {limit}; split the message or send less at a time",
                size = *size,
                limit = *limit,
            ),
            Self::TakenOver => {
                phrase!("taken_over", "another connection with the same client id took over")
            }
            Self::Administrative(reason) => reason.clone(),
            Self::Shutdown => Phrase::server_shutting_down(),
            Self::Unavailable(detail) => phrase!(
                "not_stored_now",
                "messages cannot be stored right now ({detail}); unacknowledged ones must be sent again",
                detail = detail.clone(),
            ),
        }
    }

    /// The reason code for MQTT 5 clients that still listen.
    const fn reason(&self) -> Option<DisconnectReason> {
        match self {
            Self::Goodbye { .. } | Self::Gone | Self::Broken(_) => None,
            Self::Silent(_) => Some(DisconnectReason::KeepAliveTimeout),
            Self::Fault(fault) => Some(fault.reason),
            Self::TooLarge { .. } => Some(DisconnectReason::PacketTooLarge),
            Self::TakenOver => Some(DisconnectReason::SessionTakenOver),
            Self::Administrative(_) => Some(DisconnectReason::AdministrativeAction),
            Self::Shutdown => Some(DisconnectReason::ServerShuttingDown),
            Self::Unavailable(_) => Some(DisconnectReason::ServerBusy),
        }
    }

    fn violation(&self) -> Option<Violation> {
        let (code, topic) = match self {
            Self::Fault(_) => (ProblemCode::ProtocolError, String::new()),
            Self::TooLarge { topic, .. } => (ProblemCode::TooLarge, topic.clone()),
            _ => return None,
        };
        Some(Violation { code, topic, detail: self.explanation() })
    }
}

impl<S: Transport> Connection<S> {
    /// Settles what was taken, leaves the session, and says the last words.
    pub(super) async fn finish(mut self: Box<Self>, end: End) {
        self.drain(self.hub.config.drain_timeout, matches!(end, End::Unavailable(_))).await;
        let hub = self.hub.clone();
        if let Some(violation) = end.violation() {
            hub.counters.violations.fetch_add(1, Ordering::Relaxed);
            hub.watcher.violated(&self.client, &violation);
        }
        self.leave(&end);
        if let Some(reason) = end.reason() {
            self.send(Outgoing::Disconnect { reason, explanation: end.explanation().text() });
        }
        let Self { duplex, wire, place, .. } = *self;
        drop(place);
        if matches!(end, End::Unavailable(_)) && wire.protocol() == Protocol::V311 {
            tokio::time::sleep(BUSY_PAUSE).await;
        }
        if !matches!(end, End::Broken(_)) {
            duplex.close().await;
        }
    }

    /// Gives the seat up. From here on another connection may sit in the session.
    fn leave(&mut self, end: &End) {
        let session = self.place.session.clone();
        let (lives, save) = {
            let mut state = session.state();
            let lives = state.detach(self.hub.clock.now());
            (lives, lives || state.stored)
        };
        if save {
            self.hub.saver.save(&session);
        }
        let siblings = self.hub.registry.of(self.client.tenant, self.client.device);
        let departure = Departure {
            client_id: session.key.client_id.clone(),
            reason: end.explanation(),
            graceful: end.is_graceful(),
            remaining: siblings.iter().filter(|sibling| sibling.state().link.is_some()).count(),
        };
        tracing::debug!(
            tenant.id = %self.client.tenant, device.id = %self.client.device,
            reason = %departure.reason, session_lives = lives, "device disconnected"
        );
        self.hub.watcher.disconnected(&self.client, &departure);
        if let Some(testament) = self.will.take().filter(|_| end.calls_for_will()) {
            will::execute(&self.hub, self.client.clone(), session, self.place.ticket, *testament);
        }
        self.place.seat = None;
    }
}
