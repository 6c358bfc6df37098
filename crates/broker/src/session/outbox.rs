//! Messages on their way to a client: those that wait, and those sent and not yet acknowledged.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use crate::QoS;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub topic: Arc<str>,
    pub payload: Bytes,
    pub qos: QoS,
    pub identifiers: Vec<u32>,
}

impl Message {
    fn bytes(&self) -> usize {
        self.topic.len() + self.payload.len()
    }
}

/// How much may wait for one session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub messages: usize,
    pub bytes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Queued {
    /// Until it is acknowledged.
    Kept,
    /// Until it is written: of QoS 0 nobody hears again.
    Once,
    Full,
}

/// Sent with a packet id. Without its message the client has it, and only the release is missing (QoS 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InFlight {
    pub id: u16,
    pub message: Option<Message>,
}

/// The next thing to send.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Publish { message: Message, id: Option<u16>, dup: bool },
    Release { id: u16 },
}

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: VecDeque<Message>,
    queue_bytes: usize,
    in_flight: VecDeque<InFlight>,
    /// So many of `in_flight` were sent on the present connection.
    sent: usize,
    last_id: u16,
}

impl Outbox {
    pub(crate) fn restored(queue: VecDeque<Message>, in_flight: VecDeque<InFlight>, last_id: u16) -> Self {
        let queue_bytes = queue.iter().map(Message::bytes).sum();
        Self { queue, queue_bytes, in_flight, sent: 0, last_id }
    }

    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Message> {
        self.queue.iter()
    }

    pub(crate) fn in_flight(&self) -> impl Iterator<Item = &InFlight> {
        self.in_flight.iter()
    }

    pub(crate) const fn last_id(&self) -> u16 {
        self.last_id
    }

    /// Whether this message is on its way already.
    pub(crate) fn holds(&self, topic: &str, payload: &Bytes) -> bool {
        let sent = self.in_flight.iter().filter_map(|sent| sent.message.as_ref());
        self.queue.iter().chain(sent).any(|known| *known.topic == *topic && known.payload == *payload)
    }

    pub(crate) fn push(&mut self, message: Message, limits: &Limits) -> Queued {
        if self.queue.len() >= limits.messages || self.queue_bytes + message.bytes() > limits.bytes {
            return Queued::Full;
        }
        let queued = if message.qos > QoS::AtMostOnce { Queued::Kept } else { Queued::Once };
        self.queue_bytes += message.bytes();
        self.queue.push_back(message);
        queued
    }

    /// A new connection sends everything unacknowledged again.
    pub(crate) const fn resume(&mut self) {
        self.sent = 0;
    }

    /// QoS 0 does not wait for a client that is away.
    pub(crate) fn forget_unassured(&mut self) {
        self.queue.retain(|message| message.qos > QoS::AtMostOnce);
        self.queue.shrink_to_fit();
        self.queue_bytes = self.queue.iter().map(Message::bytes).sum();
    }

    /// Takes the next thing to send, in order: first again what the last connection left unacknowledged, then what
    /// waits, as far as the window has room.
    pub(crate) fn next(&mut self, window: usize) -> Option<Next> {
        if let Some(again) = self.in_flight.get(self.sent) {
            self.sent += 1;
            return Some(match &again.message {
                Some(message) => Next::Publish { message: message.clone(), id: Some(again.id), dup: true },
                None => Next::Release { id: again.id },
            });
        }
        let assured = self.queue.front()?.qos > QoS::AtMostOnce;
        if assured && self.in_flight.len() >= window {
            return None;
        }
        let message = self.queue.pop_front()?;
        self.queue_bytes -= message.bytes();
        if self.queue.is_empty() {
            self.queue = VecDeque::new();
        }
        if !assured {
            return Some(Next::Publish { message, id: None, dup: false });
        }
        let id = self.free_id();
        self.in_flight.push_back(InFlight { id, message: Some(message.clone()) });
        self.sent += 1;
        Some(Next::Publish { message, id: Some(id), dup: false })
    }

    /// The window is far smaller than the number of ids, so that a free one is near.
    fn free_id(&mut self) -> u16 {
        loop {
            self.last_id = self.last_id.checked_add(1).unwrap_or(1);
            if !self.in_flight.iter().any(|sent| sent.id == self.last_id) {
                return self.last_id;
            }
        }
    }

    /// PUBACK, or an end of QoS 2: the message is off our hands. Returns it when this is the first we hear of it.
    pub(crate) fn settle(&mut self, id: u16) -> Option<Message> {
        let index = self.in_flight.iter().position(|sent| sent.id == id)?;
        if index < self.sent {
            self.sent -= 1;
        }
        let message = self.in_flight.remove(index)?.message;
        if self.in_flight.is_empty() {
            self.in_flight = VecDeque::new();
        }
        message
    }

    /// PUBREC: the client has it. Returns whether we know the id, and the message when this is the first we hear of it.
    pub(crate) fn received(&mut self, id: u16) -> (bool, Option<Message>) {
        match self.in_flight.iter_mut().find(|sent| sent.id == id) {
            Some(sent) => (true, sent.message.take()),
            None => (false, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { messages: 100, bytes: 10_000 };

    fn outbox(qualities: &[QoS]) -> Outbox {
        let mut outbox = Outbox::default();
        for (index, &qos) in qualities.iter().enumerate() {
            let message = Message {
                topic: format!("commands/{index}").into(),
                payload: Bytes::new(),
                qos,
                identifiers: Vec::new(),
            };
            assert_ne!(outbox.push(message, &LIMITS), Queued::Full);
        }
        outbox
    }

    fn next(outbox: &mut Outbox, window: usize) -> Option<(String, Option<u16>, bool)> {
        match outbox.next(window)? {
            Next::Publish { message, id, dup } => Some((message.topic.to_string(), id, dup)),
            Next::Release { id } => Some(("release".to_owned(), Some(id), false)),
        }
    }

    #[test]
    fn the_window_holds_back_and_order_is_kept() {
        let mut outbox = outbox(&[QoS::AtLeastOnce, QoS::AtLeastOnce, QoS::AtMostOnce]);
        assert_eq!(next(&mut outbox, 1), Some(("commands/0".into(), Some(1), false)));
        assert_eq!(next(&mut outbox, 1), None);
        assert!(outbox.settle(1).is_some());
        assert_eq!(next(&mut outbox, 1), Some(("commands/1".into(), Some(2), false)));
        assert_eq!(next(&mut outbox, 1), Some(("commands/2".into(), None, false)));
        assert_eq!(next(&mut outbox, 1), None);
    }

    #[test]
    fn a_new_connection_repeats_what_is_open_in_its_order() {
        let mut outbox = outbox(&[QoS::AtLeastOnce, QoS::ExactlyOnce, QoS::ExactlyOnce]);
        for _ in 0..3 {
            assert!(next(&mut outbox, 10).is_some());
        }
        assert!(matches!(outbox.received(2), (true, Some(_))));
        outbox.resume();
        assert_eq!(next(&mut outbox, 10), Some(("commands/0".into(), Some(1), true)));
        assert_eq!(next(&mut outbox, 10), Some(("release".into(), Some(2), false)));
        assert_eq!(next(&mut outbox, 10), Some(("commands/2".into(), Some(3), true)));
        assert_eq!(next(&mut outbox, 10), None);
        assert!(outbox.settle(1).is_some());
        assert!(outbox.settle(2).is_none(), "it was reported at PUBREC");
        assert_eq!(outbox.received(9), (false, None));
        assert_eq!(outbox.in_flight().count(), 1);
    }

    #[test]
    fn ids_wrap_around_those_in_use() {
        let mut outbox = outbox(&[QoS::AtLeastOnce; 3]);
        assert!(next(&mut outbox, 10).is_some());
        outbox.last_id = u16::MAX;
        assert_eq!(next(&mut outbox, 10).unwrap().1, Some(2));
    }
}
