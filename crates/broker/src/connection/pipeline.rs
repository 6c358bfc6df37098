//! What a connection handed over and waits for, first come, first acknowledged.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};

use futures::future::BoxFuture;

use super::receipt::Receipt;
use crate::hub::Hub;
use crate::{Outcome, SessionStoreError, Unavailable};

pub(crate) type Taken = BoxFuture<'static, Result<Vec<Outcome>, Unavailable>>;

/// Something in line.
pub(crate) enum Step {
    Batch {
        taken: Taken,
        receipts: Vec<Receipt>,
        weight: Weight,
    },
    /// An answer that waits only for its turn, or for the session to be saved.
    Answer {
        saved: Option<BoxFuture<'static, Result<(), SessionStoreError>>>,
        answer: Answer,
    },
}

/// An answer to SUBSCRIBE or UNSUBSCRIBE.
pub(crate) enum Answer {
    Subscribed { id: u16, reasons: Vec<crate::wire::GrantReason>, explanation: Option<String> },
    Unsubscribed { id: u16, reasons: Vec<crate::wire::RemoveReason> },
}

/// The result of the first step in line.
pub(crate) enum Settled {
    Batch { outcomes: Result<Vec<Outcome>, Unavailable>, receipts: Vec<Receipt> },
    Answer { saved: Result<(), SessionStoreError>, answer: Answer },
}

/// What a batch weighs, for this connection and for all together.
pub(crate) struct Weight {
    hub: Arc<Hub>,
    messages: usize,
    bytes: usize,
}

impl Weight {
    pub(crate) fn new(hub: Arc<Hub>, messages: usize, bytes: usize) -> Self {
        hub.counters.unacked_messages.fetch_add(messages, Ordering::Relaxed);
        hub.counters.unacked_bytes.fetch_add(bytes, Ordering::Relaxed);
        Self { hub, messages, bytes }
    }
}

impl Drop for Weight {
    fn drop(&mut self) {
        self.hub.counters.unacked_messages.fetch_sub(self.messages, Ordering::Relaxed);
        self.hub.counters.unacked_bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[derive(Default)]
pub(crate) struct Pipeline {
    steps: VecDeque<Step>,
    messages: usize,
    bytes: usize,
}

impl Pipeline {
    pub(crate) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    pub(crate) const fn messages(&self) -> usize {
        self.messages
    }

    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn push(&mut self, step: Step) {
        if let Step::Batch { weight, .. } = &step {
            self.messages += weight.messages;
            self.bytes += weight.bytes;
        }
        self.steps.push_back(step);
    }

    /// Ready when the first in line is.
    pub(crate) fn poll_settled(&mut self, cx: &mut Context<'_>) -> Poll<Settled> {
        let mut stored = Ok(());
        let outcomes = match self.steps.front_mut() {
            None => return Poll::Pending,
            Some(Step::Batch { taken, .. }) => Some(ready!(taken.as_mut().poll(cx))),
            Some(Step::Answer { saved, .. }) => {
                if let Some(saved) = saved {
                    stored = ready!(saved.as_mut().poll(cx));
                }
                None
            }
        };
        let settled = match (self.steps.pop_front(), outcomes) {
            (Some(Step::Batch { receipts, weight, .. }), Some(outcomes)) => {
                self.messages -= weight.messages;
                self.bytes -= weight.bytes;
                Settled::Batch { outcomes, receipts }
            }
            (Some(Step::Answer { answer, .. }), _) => Settled::Answer { saved: stored, answer },
            _ => return Poll::Pending,
        };
        if self.steps.is_empty() {
            self.steps = VecDeque::new();
        }
        Poll::Ready(settled)
    }

    /// Gives up on what is in line; returns the receipts that will never be written.
    pub(crate) fn abandon(&mut self) -> Vec<Receipt> {
        (self.messages, self.bytes) = (0, 0);
        let steps = std::mem::take(&mut self.steps);
        let batches = steps.into_iter().filter_map(|step| match step {
            Step::Batch { receipts, .. } => Some(receipts),
            Step::Answer { .. } => None,
        });
        batches.flatten().collect()
    }
}
