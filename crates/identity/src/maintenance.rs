//! What has to happen now and then.

use std::time::Duration;

use store::sessions;

use crate::{Identity, Result, UPKEEP};

/// Ended sessions are kept this long, for people who ask what happened.
const KEEP_ENDED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Identity {
    /// Rotates signing keys on schedule, learns of other nodes' keys and forgets old sessions. Call it every minute.
    ///
    /// # Errors
    /// The store is out of reach; the next call makes up for it.
    pub async fn maintain(&self) -> Result<()> {
        self.upkeep_of_keys().await?;
        let pruned = sessions::prune(&self.store, &UPKEEP, self.clock.now().minus(KEEP_ENDED)).await?;
        if pruned > 0 {
            tracing::info!(sessions = pruned, "forgot sessions that ended long ago");
        }
        Ok(())
    }
}
