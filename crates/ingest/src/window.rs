//! Which messages of a device were stored lately, so that one sent again is not stored again.
//!
//! MQTT allows a packet id to be used anew only after its message was acknowledged. So the latest message of a packet
//! id is the only one that a client can be sending again, and the window holds one digest per packet id: a hundred for
//! a client with a hundred messages in flight, however long it runs.

use std::collections::{HashMap, VecDeque};

use backplane::journal::{JournalError, Offset};
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use model::{MessageIdentity, Timestamp};

/// An append that may not be durable yet; any of its holders can wait for it.
pub(crate) type Landing = Shared<BoxFuture<'static, Result<Offset, JournalError>>>;

struct Seen {
    digest: u64,
    at: Timestamp,
    /// Which message of the device it was, counting those with an identity.
    number: u64,
    /// Which append it was part of.
    append: u64,
}

pub(crate) struct Window {
    size: usize,
    seen: HashMap<u16, Seen>,
    messages: u64,
    appends: u64,
    in_flight: VecDeque<(u64, Landing)>,
}

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
        Self { size, seen: HashMap::new(), messages: 0, appends: 0, in_flight: VecDeque::new() }
    }

    /// Call before looking up a batch. Forgets what is durable, and the messages of appends that failed: they were
    /// never acknowledged, so their next coming is their first.
    pub fn settle(&mut self) {
        // Appends become durable in the order of their calls, so what is behind a pending one can wait.
        while let Some((append, landing)) = self.in_flight.front() {
            match landing.clone().now_or_never() {
                None => return,
                Some(Ok(_)) => {}
                Some(Err(_)) => {
                    let failed = *append;
                    self.seen.retain(|_, message| message.append != failed);
                }
            }
            self.in_flight.pop_front();
        }
    }

    /// Only messages taken at `since` or later count.
    pub fn look_up(&self, identity: MessageIdentity, since: Timestamp) -> Earlier {
        let oldest = self.messages.saturating_sub(self.size as u64);
        match self.seen.get(&identity.packet_id) {
            Some(seen) if seen.digest == identity.digest && seen.number >= oldest && seen.at >= since => {
                if seen.append == self.appends + 1 {
                    return Earlier::ThisBatch;
                }
                self.in_flight
                    .iter()
                    .find(|(append, _)| *append == seen.append)
                    .map_or(Earlier::Durable, |(_, landing)| Earlier::InFlight(landing.clone()))
            }
            _ => Earlier::Unknown,
        }
    }

    /// Remembers a message of the append that [`Self::sent`] will announce.
    pub fn remember(&mut self, identity: MessageIdentity, at: Timestamp) {
        let seen = Seen { digest: identity.digest, at, number: self.messages, append: self.appends + 1 };
        self.seen.insert(identity.packet_id, seen);
        self.messages += 1;
        if self.seen.len() >= self.size.saturating_mul(2) {
            let oldest = self.messages.saturating_sub(self.size as u64);
            self.seen.retain(|_, seen| seen.number >= oldest);
        }
    }

    pub fn sent(&mut self, landing: Landing) {
        self.appends += 1;
        self.in_flight.push_back((self.appends, landing));
    }

    /// Remembers a message found in the journal.
    pub fn recover(&mut self, identity: MessageIdentity, at: Timestamp) {
        self.remember(identity, at);
        self.appends += 1;
    }

    pub fn is_quiet(&self) -> bool {
        self.in_flight.is_empty()
    }
}
