//! Reads the journal on: one batch at a time, pausing while memory is full. What is not read yet stays in the journal.

use std::sync::atomic::Ordering;
use std::time::Duration;

use backplane::journal::{JournalError, Offset};
use tokio_util::sync::CancellationToken;

use crate::state::{Counters, Shared};

const BATCH_BYTES: usize = 1 << 20;
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(500);

impl Shared {
    /// Follows the journal until `stop`.
    pub(crate) async fn follow(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            if self.memory_full() {
                self.counters.paused.store(true, Ordering::Relaxed);
                self.pressure.notify_one();
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = self.relief.notified() => {}
                    () = tokio::time::sleep(PAUSE_AFTER_ERROR) => {}
                }
                continue;
            }
            self.counters.paused.store(false, Ordering::Relaxed);
            match self.advance().await {
                Ok(true) => {
                    if self.flush_due() {
                        self.pressure.notify_one();
                    }
                }
                Ok(false) => {
                    let at = *self.position.borrow();
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = self.journal.wait_past(at) => {}
                    }
                }
                Err(JournalError::Closed) => return,
                Err(error) => {
                    tracing::warn!(%error, "the lake cannot read the journal and tries again");
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(PAUSE_AFTER_ERROR) => {}
                    }
                }
            }
        }
    }

    /// Reads one batch. False at the journal's end.
    pub(crate) async fn advance(&self) -> Result<bool, JournalError> {
        let _one = self.reading.lock().await;
        let from = self.tables.lock().position;
        match self.journal.read(from, BATCH_BYTES).await {
            Ok(batch) if batch.next == from => Ok(false),
            Ok(batch) => {
                self.apply(&batch.entries, batch.next);
                Ok(true)
            }
            Err(JournalError::Gap { first }) if first > from => {
                tracing::error!(from, first, "the journal no longer has records that the lake has not read");
                self.skip(from, first);
                Ok(true)
            }
            Err(error @ JournalError::Corrupt { to, .. }) if to > from => {
                tracing::error!(from, to, %error, "damaged journal records are not in the lake");
                self.skip(from, to);
                Ok(true)
            }
            Err(JournalError::Ahead { end }) => {
                tracing::error!(
                    from,
                    end,
                    "the journal ends before what the lake has read; going on at its end"
                );
                self.apply(&[], end);
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    fn skip(&self, from: Offset, to: Offset) {
        Counters::count(&self.counters.lost_records, to.saturating_sub(from));
        self.apply(&[], to);
    }
}
