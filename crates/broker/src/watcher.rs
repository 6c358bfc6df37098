//! What the broker tells others about connections. All calls are quick notes: they must not block.

use std::sync::Arc;

use model::{Phrase, ProblemCode};

use crate::{Client, Hello};

/// A connection ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Departure {
    pub client_id: Arc<str>,
    /// For people: "the client said goodbye".
    pub reason: Phrase,
    /// The client said goodbye itself.
    pub graceful: bool,
    /// How many other connections the same device still has.
    pub remaining: usize,
}

/// A device broke the protocol or asked for what it may not have. (Denied *messages* go to `Intake::refuse`.)
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    pub code: ProblemCode,
    /// The topic or filter concerned; empty when there is none.
    pub topic: String,
    /// For people, with what to do about it.
    pub detail: Phrase,
}

pub trait Watcher: Send + Sync + 'static {
    /// For one session these alternate: a connection that is taken over is reported gone before its successor comes.
    /// The hello has no password any more.
    fn connected(&self, client: &Client, hello: &Hello);

    fn disconnected(&self, client: &Client, departure: &Departure);

    fn violated(&self, client: &Client, violation: &Violation);

    /// The device acknowledged a message of QoS 1 or 2 that was delivered on `topic`.
    fn acknowledged(&self, client: &Client, topic: &str) {
        let _ = (client, topic);
    }
}
