//! Which messages of a device were stored lately, so that one sent again is not stored again.
//!
//! MQTT allows a packet id to be used anew only after its message was acknowledged. So the latest message of a packet
//! id is the only one that a client can be sending again. The window has one slot for a packet id, found by the id's
//! lower bits: clients count their ids up, so neighbours in time are neighbours in memory. It grows when two messages
//! that both count meet in one slot: a client that uses a hundred ids needs a hundred slots, however long it runs.

use std::collections::VecDeque;
use std::num::NonZeroU32;

use backplane::journal::{JournalError, Offset};
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use model::{MessageIdentity, Timestamp};

/// An append that may not be durable yet; any of its holders can wait for it.
pub(crate) type Landing = Shared<BoxFuture<'static, Result<Offset, JournalError>>>;

/// A message that was stored. Small, because a fleet has many of them.
#[derive(Clone, Copy, Default)]
struct Seen {
    digest: u64,
    /// Which message of the device it was, counting those with an identity from one.
    number: u32,
    /// Whole seconds since 1970.
    at: u32,
    /// Zero, which MQTT does not allow, in an empty slot.
    packet_id: u16,
    /// None: one before our start.
    connection: Option<NonZeroU32>,
}

/// Which message a new one may repeat.
#[derive(Clone, Copy)]
pub(crate) enum Repeats {
    /// One that was taken at this time or later.
    Since(Timestamp),
    /// One of any time that came on another connection than this one, on which nothing new has come yet: after it
    /// connected, a client first sends again what was not acknowledged. Later its packet ids are free, and a message
    /// that reads the same is a new one.
    BeforeNewOn(NonZeroU32),
}

struct InFlight {
    landing: Landing,
    /// The number of its first message; its last is before the next one's first.
    first: u32,
}

pub(crate) struct Window {
    /// How many of the latest messages count.
    size: u32,
    /// None, or a power of two of them.
    slots: Vec<Seen>,
    /// The number of the latest message.
    latest: u32,
    /// The connection that it came on.
    latest_on: Option<NonZeroU32>,
    /// The number of the first message of the batch that is being judged.
    batch: u32,
    in_flight: VecDeque<InFlight>,
}

const FIRST_SLOTS: usize = 16;

/// What the window knows of a message.
pub(crate) enum Earlier {
    Unknown,
    /// Stored, and durable.
    Durable,
    /// On its way: durable when this resolves well.
    InFlight(Landing),
    /// Earlier in this very batch.
    ThisBatch,
}

impl Window {
    pub fn new(size: usize) -> Self {
        let size = u32::try_from(size).unwrap_or(u32::MAX).clamp(1, 1 << 16);
        Self { size, slots: Vec::new(), latest: 0, latest_on: None, batch: 1, in_flight: VecDeque::new() }
    }

    /// Call before looking up a batch. Forgets what is durable, and the messages of appends that failed: they were
    /// never acknowledged, so their next coming is their first.
    pub fn settle(&mut self) {
        // Appends become durable in the order of their calls, so what is behind a pending one can wait.
        while let Some(oldest) = self.in_flight.front() {
            let first = oldest.first;
            match oldest.landing.clone().now_or_never() {
                None => return,
                Some(Ok(_)) => drop(self.in_flight.pop_front()),
                Some(Err(_)) => {
                    self.in_flight.pop_front();
                    let end = self.in_flight.front().map_or(self.batch, |next| next.first);
                    let failed = end.wrapping_sub(first);
                    let slots = self.slots.iter_mut();
                    slots
                        .filter(|seen| seen.number.wrapping_sub(first) < failed)
                        .for_each(|seen| *seen = Seen::default());
                }
            }
        }
    }

    pub fn look_up(&self, identity: MessageIdentity, repeats: Repeats) -> Earlier {
        let Some(seen) = self.slot(identity.packet_id).and_then(|slot| self.slots.get(slot)) else {
            return Earlier::Unknown;
        };
        let same = seen.packet_id == identity.packet_id && seen.digest == identity.digest;
        let may_be = match repeats {
            Repeats::Since(since) => seen.at >= seconds(since),
            Repeats::BeforeNewOn(connection) => {
                seen.connection != Some(connection) && self.latest_on != Some(connection)
            }
        };
        if !same || !self.counts(seen) || !may_be {
            return Earlier::Unknown;
        }
        // How far before the latest message it was; what is further back was sent off earlier.
        let age = self.latest.wrapping_sub(seen.number);
        if age < self.latest.wrapping_sub(self.batch).wrapping_add(1) {
            return Earlier::ThisBatch;
        }
        let append = self.in_flight.iter().rfind(|append| self.latest.wrapping_sub(append.first) >= age);
        append.map_or(Earlier::Durable, |append| Earlier::InFlight(append.landing.clone()))
    }

    /// Remembers a message of the append that [`Self::sent`] will announce.
    pub fn remember(&mut self, identity: MessageIdentity, connection: Option<NonZeroU32>, at: Timestamp) {
        self.latest = self.latest.wrapping_add(1);
        self.latest_on = connection;
        let MessageIdentity { packet_id, digest } = identity;
        let seen = Seen { digest, number: self.latest, at: seconds(at), packet_id, connection };
        self.make_room(packet_id);
        if let Some(slot) = self.slot(packet_id).and_then(|slot| self.slots.get_mut(slot)) {
            *slot = seen;
        }
    }

    /// The messages remembered since the last call are on their way.
    pub fn sent(&mut self, landing: Landing) {
        self.in_flight.push_back(InFlight { landing, first: self.batch });
        self.batch = self.latest.wrapping_add(1);
    }

    /// Remembers a message found in the journal.
    pub fn recover(&mut self, identity: MessageIdentity, at: Timestamp) {
        self.remember(identity, None, at);
        self.batch = self.latest.wrapping_add(1);
    }

    pub fn is_quiet(&self) -> bool {
        self.in_flight.is_empty()
    }

    fn slot(&self, packet_id: u16) -> Option<usize> {
        Some(usize::from(packet_id) & self.slots.len().checked_sub(1)?)
    }

    fn counts(&self, seen: &Seen) -> bool {
        seen.packet_id != 0 && self.latest.wrapping_sub(seen.number) < self.size
    }

    /// Makes more slots while the one for this packet id is that of another message that counts.
    fn make_room(&mut self, packet_id: u16) {
        let most = usize::try_from(self.size).unwrap_or(usize::MAX).next_power_of_two();
        loop {
            let slot = self.slot(packet_id).and_then(|slot| self.slots.get(slot));
            let free = slot.is_some_and(|seen| seen.packet_id == packet_id || !self.counts(seen));
            if free || self.slots.len() >= most {
                return;
            }
            let more = (self.slots.len() * 2).clamp(FIRST_SLOTS.min(most), most);
            for seen in std::mem::replace(&mut self.slots, vec![Seen::default(); more]) {
                if let Some(slot) = self.slot(seen.packet_id).and_then(|slot| self.slots.get_mut(slot)) {
                    *slot = seen;
                }
            }
        }
    }
}

fn seconds(at: Timestamp) -> u32 {
    u32::try_from(at.as_micros().div_euclid(1_000_000)).unwrap_or(if at < Timestamp::EPOCH {
        0
    } else {
        u32::MAX
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);
    const ANY: Repeats = Repeats::Since(Timestamp::EPOCH);

    fn message(packet_id: u16) -> MessageIdentity {
        MessageIdentity { packet_id, digest: u64::from(packet_id) * 7 }
    }

    fn landed(result: Result<Offset, JournalError>) -> Landing {
        futures::future::ready(result).boxed().shared()
    }

    fn send(window: &mut Window, ids: impl IntoIterator<Item = u16>, landing: Landing) {
        window.settle();
        ids.into_iter().for_each(|id| window.remember(message(id), None, NOW));
        window.sent(landing);
    }

    fn known(window: &Window, packet_id: u16) -> bool {
        !matches!(window.look_up(message(packet_id), ANY), Earlier::Unknown)
    }

    #[test]
    fn as_many_of_the_latest_messages_count_as_it_is_large() {
        let mut window = Window::new(64);
        for id in 1..=1000 {
            send(&mut window, [id], landed(Ok(0)));
        }
        window.settle();
        assert!((937..=1000).all(|id| known(&window, id)));
        assert!(!(1..937).any(|id| known(&window, id)));
        assert_eq!(window.slots.len(), 64);
    }

    #[test]
    fn few_packet_ids_need_few_slots() {
        let mut window = Window::new(4096);
        for round in 0..5000_u16 {
            send(&mut window, [1 + round % 20], landed(Ok(0)));
        }
        assert!(window.slots.len() <= 32, "{}", window.slots.len());
        assert!((1..=20).all(|id| known(&window, id)));
    }

    #[test]
    fn where_a_message_is_on_its_way() {
        let mut window = Window::new(64);
        send(&mut window, [1, 2], landed(Ok(0)));
        send(&mut window, [3, 4], futures::future::pending().boxed().shared());
        send(&mut window, [5], futures::future::pending().boxed().shared());
        window.settle();
        window.remember(message(6), None, NOW);
        let look = |id| window.look_up(message(id), ANY);
        assert!(matches!(look(2), Earlier::Durable));
        assert!(matches!((look(3), look(5)), (Earlier::InFlight(_), Earlier::InFlight(_))));
        assert!(matches!((look(6), look(7)), (Earlier::ThisBatch, Earlier::Unknown)));
        assert!(matches!(
            window.look_up(message(2), Repeats::Since(NOW.plus(std::time::Duration::from_secs(1)))),
            Earlier::Unknown
        ));
    }

    #[test]
    fn without_a_mark_only_another_connection_repeats() {
        let [one, other] = [1, 2].map(|number| NonZeroU32::new(number).unwrap());
        let mut window = Window::new(64);
        window.recover(message(1), NOW);
        window.remember(message(2), Some(one), NOW);
        let repeats = |id, connection| {
            !matches!(window.look_up(message(id), Repeats::BeforeNewOn(connection)), Earlier::Unknown)
        };
        assert!(repeats(1, other) && repeats(2, other));
        assert!(!repeats(1, one) && !repeats(2, one), "it has sent something new already");
    }

    #[test]
    fn a_slot_is_small() {
        assert_eq!(size_of::<Seen>(), 24);
    }

    #[test]
    fn what_was_not_kept_is_forgotten_and_nothing_else() {
        let mut window = Window::new(64);
        send(&mut window, [1, 2], landed(Ok(0)));
        send(&mut window, [3, 4], landed(Err(JournalError::Closed)));
        send(&mut window, [5], landed(Ok(2)));
        window.settle();
        assert_eq!([1, 2, 3, 4, 5].map(|id| known(&window, id)), [true, true, false, false, true]);
        assert!(window.is_quiet());
    }

    #[test]
    fn numbers_start_over_after_four_thousand_million_messages() {
        let mut window = Window::new(64);
        (window.latest, window.batch) = (u32::MAX - 3, u32::MAX - 2);
        for id in 1..=8 {
            send(&mut window, [id], landed(Ok(0)));
        }
        window.settle();
        assert!((1..=8).all(|id| known(&window, id)));
        assert!(matches!(window.look_up(message(8), ANY), Earlier::Durable));
    }
}
