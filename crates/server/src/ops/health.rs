//! Whether the process lives and whether it may be sent work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::StatusCode;
use store::Store;

use crate::adapters::{GuardedJournal, Refusing};

/// Ready only while everything is open, the store answers, and messages are taken.
#[derive(Clone)]
pub struct Readiness {
    open: Arc<AtomicBool>,
    store: Store,
    journal: Arc<GuardedJournal>,
}

impl Readiness {
    pub fn new(store: Store, journal: Arc<GuardedJournal>) -> Self {
        Self { open: Arc::default(), store, journal }
    }

    pub fn set(&self, open: bool) {
        self.open.store(open, Ordering::Release);
    }

    /// Why no work should be sent, if so.
    pub async fn problem(&self) -> Option<String> {
        if !self.open.load(Ordering::Acquire) {
            return Some("starting or stopping".to_owned());
        }
        if let Some(Refusing { reason, .. }) = self.journal.refusing() {
            return Some(format!("messages are refused: {reason}"));
        }
        self.store.ping().await.err().map(|error| error.to_string())
    }

    pub async fn answer(&self) -> (StatusCode, String) {
        match self.problem().await {
            None => (StatusCode::OK, "ready\n".to_owned()),
            Some(problem) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {problem}\n")),
        }
    }
}
