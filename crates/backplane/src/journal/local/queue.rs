//! Where appends wait for the committer. Its order is the journal's order.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use super::frame;
use crate::journal::{JournalError, Offset};

pub(super) struct Append {
    pub records: Vec<Bytes>,
    /// As a frame.
    pub bytes: usize,
    pub done: oneshot::Sender<Result<Offset, JournalError>>,
}

/// What the committer does next.
pub(super) enum Work {
    Commit(Vec<Append>),
    /// Look whether old segments can go.
    Tidy,
    Close,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Append>,
    bytes: usize,
    tidy: bool,
    closing: bool,
}

#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
}

pub(super) type Ticket = oneshot::Receiver<Result<Offset, JournalError>>;

impl Queue {
    pub(super) fn push(&self, records: Vec<Bytes>, max_queued: usize) -> Result<Ticket, JournalError> {
        let bytes = if records.is_empty() { 0 } else { frame::encoded_len(&records) };
        let (done, ticket) = oneshot::channel();
        {
            let mut state = self.state.lock();
            if state.closing {
                return Err(JournalError::Closed);
            }
            if state.bytes > 0 && state.bytes + bytes > max_queued {
                return Err(JournalError::Busy { queued: state.bytes });
            }
            state.bytes += bytes;
            state.waiting.push_back(Append { records, bytes, done });
        }
        self.arrived.notify_one();
        Ok(ticket)
    }

    pub(super) fn tidy(&self) {
        self.state.lock().tidy = true;
        self.arrived.notify_one();
    }

    /// Nothing is taken any more; what waits is still committed.
    pub(super) fn close(&self) {
        self.state.lock().closing = true;
        self.arrived.notify_one();
    }

    /// Refuses what waits: the committer is gone.
    pub(super) fn abandon(&self) {
        let mut state = self.state.lock();
        state.closing = true;
        state.waiting.clear();
        state.bytes = 0;
    }

    pub(super) fn bytes(&self) -> usize {
        self.state.lock().bytes
    }

    /// Waits for something to do. Appends are taken in order, up to `max_bytes` (but at least one).
    pub(super) fn next(&self, linger: Duration, max_bytes: usize, tidy_every: Duration) -> Work {
        let mut state = self.state.lock();
        while state.waiting.is_empty() {
            if state.closing {
                return Work::Close;
            }
            let idle = !state.tidy && self.arrived.wait_for(&mut state, tidy_every).timed_out();
            if std::mem::take(&mut state.tidy) || (idle && state.waiting.is_empty()) {
                return Work::Tidy;
            }
        }
        if !linger.is_zero() && !state.closing {
            self.arrived.wait_while_for(
                &mut state,
                |state| state.bytes < max_bytes && !state.closing,
                linger,
            );
        }
        let (mut group, mut room) = (Vec::new(), max_bytes);
        while let Some(append) = state.waiting.pop_front() {
            if append.bytes > room && !group.is_empty() {
                state.waiting.push_front(append);
                break;
            }
            room = room.saturating_sub(append.bytes);
            state.bytes -= append.bytes;
            group.push(append);
        }
        Work::Commit(group)
    }
}
