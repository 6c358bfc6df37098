//! The state that a session keeps between packets.

use std::collections::BTreeSet;
use std::time::Duration;

use model::{Phrase, Timestamp};

use super::outbox::{Limits, Message, Outbox, Queued};
use crate::{ConnectionInfo, QoS, matches};

#[derive(Default)]
pub(crate) struct State {
    pub subscriptions: Vec<Subscription>,
    /// Packet ids of QoS 2 messages that we took and whose release we wait for: the same id again is the same message.
    pub received: BTreeSet<u16>,
    pub outbox: Outbox,
    /// How long the session outlives its connection; zero means not at all.
    pub expiry: Duration,
    /// There is something to resume: an earlier connection left state behind.
    pub resumable: bool,
    /// Connections that sit here or wait for the seat. While there are any, the session stays.
    pub claims: usize,
    /// The connection that sits here.
    pub link: Option<Box<ConnectionInfo>>,
    /// When the last connection left; meaningful without a link.
    pub away_since: Timestamp,
    /// The connection must end, for this reason.
    pub kick: Option<Kick>,
    /// The store has an image of this session…
    pub stored: bool,
    /// …that names received packet ids, which are only true until the client comes back.
    pub stored_received: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subscription {
    pub filter: Box<str>,
    pub qos: QoS,
    /// MQTT 5: a number that the client wants to see with each message that this subscription brings.
    pub identifier: Option<u32>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kick {
    /// An operator, or the device's deletion; with the reason.
    Administrative(Phrase),
    Shutdown,
}

impl State {
    /// A connection takes the seat. Returns whether it resumes what an earlier one left.
    pub(crate) fn attach(
        &mut self,
        link: ConnectionInfo,
        clean: bool,
        expiry: Duration,
        now: Timestamp,
    ) -> bool {
        let present = self.resumable && !clean && !self.expired(now);
        if !present {
            self.clear();
        }
        self.outbox.resume();
        self.expiry = expiry;
        self.resumable = true;
        self.link = Some(Box::new(link));
        self.kick = None;
        present
    }

    /// The connection leaves. Returns whether the session lives on.
    pub(crate) fn detach(&mut self, now: Timestamp) -> bool {
        self.link = None;
        self.kick = None;
        self.away_since = now;
        if self.expiry.is_zero() {
            self.clear();
            return false;
        }
        self.outbox.forget_unassured();
        true
    }

    /// The session ended; what follows is a new one.
    pub(crate) fn clear(&mut self) {
        self.subscriptions = Vec::new();
        self.received = BTreeSet::new();
        self.outbox = Outbox::default();
        self.resumable = false;
    }

    /// Ends a session that nobody claims, if the condition holds. Returns whether it ended.
    pub(crate) fn end_if(&mut self, condition: impl FnOnce(&Self) -> bool) -> bool {
        let ends = self.claims == 0 && condition(self);
        if ends {
            self.clear();
        }
        ends
    }

    pub(crate) fn expired(&self, now: Timestamp) -> bool {
        self.link.is_none() && now.since(self.away_since) >= self.expiry
    }

    /// Adds or replaces a subscription. Returns false when there would be too many.
    pub(crate) fn subscribe(&mut self, subscription: Subscription, limit: usize) -> bool {
        if let Some(known) = self.subscriptions.iter_mut().find(|known| known.filter == subscription.filter) {
            *known = subscription;
            return true;
        }
        if self.subscriptions.len() >= limit {
            return false;
        }
        self.subscriptions.push(subscription);
        true
    }

    pub(crate) fn unsubscribe(&mut self, filter: &str) -> bool {
        let before = self.subscriptions.len();
        self.subscriptions.retain(|known| &*known.filter != filter);
        self.subscriptions.len() < before
    }

    /// Queues the message if a subscription covers its topic: once, at the best quality of all that do. One that is to
    /// be acknowledged and is on its way already stays where it is, so that it can be offered again until it is.
    pub(crate) fn offer(&mut self, message: &Message, limits: &Limits) -> Option<Queued> {
        let mut best = None;
        let mut identifiers = Vec::new();
        for subscription in &self.subscriptions {
            if matches(&subscription.filter, &message.topic) {
                best = best.max(Some(subscription.qos));
                identifiers.extend(subscription.identifier);
            }
        }
        let qos = message.qos.min(best?);
        if self.link.is_none() && qos == QoS::AtMostOnce {
            return None;
        }
        if qos > QoS::AtMostOnce && self.outbox.holds(&message.topic, &message.payload) {
            return Some(Queued::Kept);
        }
        Some(self.outbox.push(Message { qos, identifiers, ..message.clone() }, limits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn message(topic: &str, qos: QoS) -> Message {
        Message { topic: topic.into(), payload: Bytes::from_static(b"x"), qos, identifiers: Vec::new() }
    }

    fn subscription(filter: &str, qos: QoS, identifier: Option<u32>) -> Subscription {
        Subscription { filter: filter.into(), qos, identifier }
    }

    const LIMITS: Limits = Limits { messages: 2, bytes: 1000 };

    #[test]
    fn overlapping_subscriptions_bring_a_message_once_at_the_best_quality() {
        let mut state = State::default();
        assert!(state.subscribe(subscription("commands/#", QoS::AtMostOnce, Some(1)), 9));
        assert!(state.subscribe(subscription("commands/+", QoS::AtLeastOnce, Some(2)), 9));
        assert_eq!(state.offer(&message("commands/7", QoS::ExactlyOnce), &LIMITS), Some(Queued::Kept));
        assert_eq!(state.offer(&message("other", QoS::ExactlyOnce), &LIMITS), None);
        let queued = state.outbox.waiting().next().unwrap();
        assert_eq!((queued.qos, queued.identifiers.as_slice()), (QoS::AtLeastOnce, &[1, 2][..]));
        assert_eq!(state.outbox.waiting().count(), 1);
    }

    #[test]
    fn nothing_unassured_waits_for_a_client_that_is_away() {
        let mut state = State::default();
        assert!(state.subscribe(subscription("#", QoS::AtMostOnce, None), 9));
        assert_eq!(state.offer(&message("commands/7", QoS::AtLeastOnce), &LIMITS), None);
    }

    #[test]
    fn a_full_queue_says_so() {
        let mut state = State::default();
        assert!(state.subscribe(subscription("#", QoS::AtLeastOnce, None), 9));
        for (topic, expected) in [
            ("commands/1", Queued::Kept),
            ("commands/2", Queued::Kept),
            ("commands/3", Queued::Full),
            ("commands/2", Queued::Kept),
        ] {
            assert_eq!(state.offer(&message(topic, QoS::AtLeastOnce), &LIMITS), Some(expected), "{topic}");
        }
    }

    #[test]
    fn what_is_on_its_way_is_not_queued_twice() {
        let mut state = State::default();
        assert!(state.subscribe(subscription("#", QoS::AtLeastOnce, None), 9));
        let (one, two) = (message("commands/1", QoS::AtLeastOnce), message("commands/2", QoS::AtLeastOnce));
        for message in [&one, &two, &one] {
            assert_eq!(state.offer(message, &LIMITS), Some(Queued::Kept));
        }
        assert_eq!(state.outbox.waiting().count(), 2);
        state.outbox.next(9);
        assert_eq!(state.offer(&one, &LIMITS), Some(Queued::Kept), "sent, not acknowledged");
        assert_eq!(state.outbox.waiting().count(), 1);
        state.outbox.settle(1);
        assert_eq!(state.offer(&one, &LIMITS), Some(Queued::Kept), "a new one");
        assert_eq!(state.outbox.waiting().count(), 2);
    }

    #[test]
    fn subscriptions_are_replaced_and_limited() {
        let mut state = State::default();
        assert!(state.subscribe(subscription("a", QoS::AtMostOnce, None), 1));
        assert!(state.subscribe(subscription("a", QoS::ExactlyOnce, None), 1));
        assert!(!state.subscribe(subscription("b", QoS::AtMostOnce, None), 1));
        assert_eq!(state.subscriptions, [subscription("a", QoS::ExactlyOnce, None)]);
        assert!(state.unsubscribe("a"));
        assert!(!state.unsubscribe("a"));
    }
}
