//! Whether the process lives and whether it may be sent work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::StatusCode;
use store::Store;

/// Ready only while everything is open and the store answers.
#[derive(Clone)]
pub struct Readiness {
    open: Arc<AtomicBool>,
    store: Store,
}

impl Readiness {
    pub fn new(store: Store) -> Self {
        Self { open: Arc::default(), store }
    }

    pub fn set(&self, open: bool) {
        self.open.store(open, Ordering::Release);
    }

    /// Why no work should be sent, if so.
    pub async fn problem(&self) -> Option<String> {
        if !self.open.load(Ordering::Acquire) {
            return Some("starting or stopping".to_owned());
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
