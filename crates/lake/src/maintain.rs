//! The lake's housekeeping: compaction, and deleting replaced files once nobody reads them.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::LakeError;
use crate::files::LiveFile;
use crate::state::Shared;

impl Shared {
    pub(crate) async fn maintain_until(&self, stop: &CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(self.config.maintain_every) => {}
            }
            let done = tokio::select! {
                () = stop.cancelled() => return,
                done = self.maintain() => done,
            };
            if let Err(error) = done {
                tracing::warn!(%error, "the lake could not compact its files; it tries again");
            }
        }
    }

    pub(crate) async fn maintain(&self) -> Result<(), LakeError> {
        let _one = self.maintaining.lock().await;
        let compacted = self.compact().await;
        self.bury().await;
        compacted
    }

    /// Deletes what was replaced and is read by nobody.
    async fn bury(&self) {
        let mut dead: Vec<Arc<LiveFile>> = Vec::new();
        self.graveyard.lock().retain(|file| {
            let alone = Arc::strong_count(file) == 1;
            if alone {
                dead.push(Arc::clone(file));
            }
            !alone
        });
        let entries: Vec<_> = dead.iter().map(|file| file.entry.clone()).collect();
        self.discard(&entries).await;
    }
}
