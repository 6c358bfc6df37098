//! A session: what a client's subscriptions and half-finished deliveries are, with or without a connection.
//!
//! At most one connection sits in a session at a time: a newcomer calls the sitting one away and waits for the seat.
//! The connection before it has then settled all that it had taken, so that the newcomer sees a truthful state.

mod image;
mod outbox;
mod saver;
mod state;
mod store;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Waker;

use futures::task::AtomicWaker;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Semaphore;

pub(crate) use image::restore;
pub(crate) use outbox::{Limits, Message, Next, Queued};
pub(crate) use saver::Saver;
pub(crate) use state::{Kick, State, Subscription};
pub use store::{MemorySessionStore, SessionChange, SessionKey, SessionStore, SessionStoreError};

pub(crate) struct Session {
    pub key: SessionKey,
    state: Mutex<State>,
    seat: Semaphore,
    /// Counts those who asked for the seat; the one with the newest number has the right to it.
    newest: AtomicU64,
    signal: AtomicBool,
    waker: AtomicWaker,
    /// Already on its way to the store.
    pub(crate) saving: AtomicBool,
}

/// The right of one connection to a session, as long as nobody newer asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket(u64);

/// Held by the connection that sits in the session.
pub(crate) struct Seat(Arc<Session>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.seat.add_permits(1);
    }
}

impl Session {
    pub(crate) fn new(key: SessionKey, state: State) -> Self {
        Self {
            key,
            state: Mutex::new(state),
            seat: Semaphore::new(1),
            newest: AtomicU64::new(0),
            signal: AtomicBool::new(false),
            waker: AtomicWaker::new(),
            saving: AtomicBool::new(false),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// Asks for the seat and calls the connection that sits there away. The registry does this under its lock.
    pub(crate) fn draw_ticket(&self) -> Ticket {
        let ticket = Ticket(self.newest.fetch_add(1, Ordering::AcqRel) + 1);
        self.wake();
        ticket
    }

    pub(crate) fn is_newest(&self, ticket: Ticket) -> bool {
        self.newest.load(Ordering::Acquire) == ticket.0
    }

    /// Waits until the connection before has left.
    pub(crate) async fn sit(self: Arc<Self>) -> Seat {
        // The semaphore is never closed; if it were, nobody would be sitting.
        if let Ok(permit) = self.seat.acquire().await {
            permit.forget();
        }
        Seat(self)
    }

    /// Tells the connection that there is something to look at.
    pub(crate) fn wake(&self) {
        self.signal.store(true, Ordering::Release);
        self.waker.wake();
    }

    /// For the connection: whether it was woken since it last asked; otherwise it will be.
    pub(crate) fn take_signal(&self, waker: &Waker) -> bool {
        self.waker.register(waker);
        self.signal.swap(false, Ordering::AcqRel)
    }
}
