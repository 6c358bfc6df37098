//! How many requests of devices were refused for their credentials.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Since the start. Cloning shares it.
#[derive(Clone, Default)]
pub struct RefusedSenders(Arc<AtomicU64>);

impl RefusedSenders {
    pub(super) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
