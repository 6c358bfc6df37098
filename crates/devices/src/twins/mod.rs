//! The twin of every device: its newest values, its rhythm, its presence, its problems.
//!
//! A reader of the journal (named `twin`) keeps them in memory and, every so often, in a checkpoint. After a start they
//! are the checkpoint plus the records behind it. The monitor compares them with the clock and appends what changed
//! to the journal, from where the twins learn it like everyone else.

mod checkpoint;
mod follow;
mod judge;
mod rates;
pub(crate) mod rhythm;
mod shards;
mod twin;
mod view;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use backplane::journal::{Journal, JournalError, Offset};
use model::{Clock, CommandId, DeviceId, Scope, TenantId, Timestamp};
use parking_lot::Mutex;
use tokio::sync::Notify;

pub(crate) use twin::Twin;
pub use view::{Connection, Counters, FieldValue, ProblemSummary, Rates, Rhythm, TwinView};

use checkpoint::Checkpoint;
use rates::MinuteCounts;
use shards::Shards;
use watch::Watch;

use crate::strays::Strays;

pub(crate) const READER: &str = "twin";

/// The defaults suit a fleet of any size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TwinsConfig {
    /// How often twins are written to disk, at most.
    pub checkpoint_every: Duration,
    /// How often it is looked for devices that fell silent.
    pub watch_every: Duration,
    /// After a start, devices have this long to come back before their absence counts.
    pub grace: Duration,
    /// No device is silent before it was quiet for so long, however fast its rhythm.
    pub shortest_silence: Duration,
    /// A device whose rhythm is not known yet, and that keeps no connection, is silent after so long.
    pub unknown_silence: Duration,
    /// When the monitor itself did not get to look for so long, it was we who were away.
    pub stall: Duration,
}

impl Default for TwinsConfig {
    fn default() -> Self {
        Self {
            checkpoint_every: Duration::from_secs(30),
            watch_every: Duration::from_secs(1),
            grace: Duration::from_secs(60),
            shortest_silence: Duration::from_secs(30),
            unknown_silence: Duration::from_secs(60 * 60),
            stall: Duration::from_secs(10),
        }
    }
}

/// What the journal told that belongs in the store. Doing it twice does no harm; a stray reply is then counted twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    FirstContact { tenant: TenantId, device: DeviceId, at: Timestamp },
    Reply { tenant: TenantId, device: DeviceId, command: CommandId, json: String, at: Timestamp },
}

pub(crate) struct Twins {
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    config: TwinsConfig,
    dir: PathBuf,
    shards: Shards,
    rates: Mutex<MinuteCounts>,
    /// The first record that was not applied yet.
    applied: AtomicU64,
    progress: Notify,
    /// Where the journal ended when this process started: connections known from before it are gone.
    start: Offset,
    /// What was wrong with the checkpoint, when the twins had to do without it.
    unusable: Option<String>,
    watch: Mutex<Watch>,
}

impl Twins {
    /// Loads the checkpoint. What lies behind it is read by [`Self::follow`].
    pub async fn open(
        journal: Arc<dyn Journal>,
        dir: &Path,
        clock: Arc<dyn Clock>,
        config: TwinsConfig,
    ) -> Result<Self, JournalError> {
        let folder = dir.to_owned();
        let loaded = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder)?;
            Checkpoint::load(&folder)
        })
        .await;
        let end = journal.end();
        let file = checkpoint::path(dir).display().to_string();
        let (checkpoint, unusable) = match loaded {
            Ok(Ok(Some(checkpoint))) if checkpoint.next <= end => (Some(checkpoint), None),
            Ok(Ok(Some(checkpoint))) => {
                let next = checkpoint.next;
                let why = format!("it reaches offset {next}, and the journal ends at {end}");
                tracing::warn!(
                    file,
                    next,
                    end,
                    "the twins are ahead of the journal, so they are rebuilt from it"
                );
                (None, Some(why))
            }
            Ok(Ok(None)) => (None, None),
            Ok(Err(error)) => {
                tracing::error!(
                    file, %error, from = journal.first(),
                    "the twins' checkpoint cannot be used, so they are rebuilt from what the journal still holds; \
                     to get older values back, stop the server and restore the file from a backup"
                );
                (None, Some(error.to_string()))
            }
            Err(error) => return Err(JournalError::Io { detail: error.to_string() }),
        };
        let (next, known, rates) = checkpoint.map_or_else(
            || (journal.first(), Vec::new(), MinuteCounts::default()),
            |checkpoint| (checkpoint.next, checkpoint.twins, checkpoint.rates),
        );
        journal.commit(READER, next).await?;
        let now = clock.now();
        Ok(Self {
            journal,
            clock,
            config,
            dir: dir.to_owned(),
            shards: Shards::of(known),
            rates: Mutex::new(rates),
            applied: AtomicU64::new(next),
            progress: Notify::new(),
            start: end,
            unusable,
            watch: Mutex::new(Watch::new(now)),
        })
    }

    pub fn config(&self) -> &TwinsConfig {
        &self.config
    }

    /// Looks at one twin. None when nothing was heard of the device.
    pub fn with<T>(&self, device: DeviceId, look: impl FnOnce(&Twin) -> T) -> Option<T> {
        self.shards.with(device, look)
    }

    /// Looks at all twins of a tenant, in no order.
    pub fn each(&self, scope: &Scope, mut look: impl FnMut(DeviceId, &Twin)) {
        self.shards.each(|device, twin| {
            if twin.tenant == scope.tenant() {
                look(device, twin);
            }
        });
    }

    /// Records replies that belong to no command.
    pub async fn tell(&self, strays: Strays) {
        let records = strays.into_records(self.clock.now());
        if records.is_empty() {
            return;
        }
        if let Err(error) = self.journal.append(records).await {
            tracing::warn!(%error, "replies to unknown commands could not be recorded");
        }
    }

    /// Devices of deleted registry rows have no twin, whatever the journal still says of them.
    pub fn bury(&self, devices: impl IntoIterator<Item = DeviceId>) {
        self.shards.bury(devices);
    }

    pub fn rates(&self, scope: &Scope) -> Rates {
        self.rates.lock().last_hour(scope.tenant(), self.clock.now())
    }

    pub fn unusable_checkpoint(&self) -> Option<&str> {
        self.unusable.as_deref()
    }

    pub fn lag(&self) -> u64 {
        self.journal.end().saturating_sub(self.applied.load(Ordering::Acquire))
    }

    /// Waits until the twins know everything that is durable now, but never for long: who asks for a twin right after
    /// an acknowledgement finds it there.
    pub async fn settle(&self, patience: Duration) {
        let end = self.journal.end();
        let caught_up = async {
            loop {
                let progress = self.progress.notified();
                if self.applied.load(Ordering::Acquire) >= end {
                    return;
                }
                progress.await;
            }
        };
        let _ = tokio::time::timeout(patience, caught_up).await;
    }
}
