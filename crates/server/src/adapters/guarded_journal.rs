//! The journal, closed to new records while the disk is nearly full, and watched for damage.
//!
//! A full disk would take the store and the lake down with it. Refusing earlier keeps room for them, and loses nothing:
//! what is refused is not acknowledged, so its sender keeps it. Every reader says in the log which damaged records it
//! passes by; here they are counted, once for all readers, for those who look at figures instead.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use backplane::journal::{Batch, Journal, JournalError, JournalStats, Offset};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use model::{Clock, Phrase, Timestamp, phrase};
use parking_lot::Mutex;

use super::journal_damage::{DamageLog, Hole};
use crate::disk;

/// Why nothing is taken, and since when.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusing {
    pub since: Timestamp,
    /// A sentence without its full stop.
    pub reason: Phrase,
}

pub struct GuardedJournal {
    inner: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    data: PathBuf,
    min_free_bytes: u64,
    full: AtomicBool,
    /// Appends that did not get past the guard.
    refused: AtomicU64,
    refusing: Mutex<Option<Refusing>>,
    damage: DamageLog,
}

impl GuardedJournal {
    pub fn new(
        inner: Arc<dyn Journal>,
        data: PathBuf,
        min_free_bytes: u64,
        clock: Arc<dyn Clock>,
    ) -> Arc<Self> {
        let journal = Self {
            inner,
            clock,
            damage: DamageLog::new(data.clone()),
            data,
            min_free_bytes,
            full: AtomicBool::new(false),
            refused: AtomicU64::new(0),
            refusing: Mutex::default(),
        };
        journal.look();
        Arc::new(journal)
    }

    /// Looks at the disk; called every second.
    pub fn look(&self) {
        let Ok(space) = disk::space(&self.data) else { return };
        let was_full = self.full.load(Ordering::Relaxed);
        let full = space.free_bytes < self.wanted_bytes(was_full);
        self.full.store(full, Ordering::Relaxed);
        if was_full != full {
            let free_mib = space.free_bytes >> 20;
            if full {
                tracing::error!(
                    free_mib,
                    wanted_mib = self.min_free_bytes >> 20,
                    "the disk is nearly full: messages are refused until there is room"
                );
            } else {
                tracing::info!(free_mib, "the disk has room again: messages are taken");
            }
        }
        self.note(full, space.free_bytes);
    }

    /// Once it is too little, somewhat more is wanted: on the edge, every other message would be refused.
    const fn wanted_bytes(&self, full: bool) -> u64 {
        if full { self.min_free_bytes.saturating_add(self.min_free_bytes / 16) } else { self.min_free_bytes }
    }

    fn note(&self, full: bool, free_bytes: u64) {
        let reason = if full {
            let wanted = self.wanted_bytes(true);
            Some(phrase!(
                "disk_too_full",
                "{free} MiB of disk are free, and {wanted} MiB are needed",
                free = free_bytes >> 20,
                wanted = wanted >> 20,
            ))
        } else if self.inner.stats().refusing {
            Some(phrase!(
                "disk_refuses_journal",
                "the disk refuses what is written to the journal; the log says why",
            ))
        } else {
            None
        };
        let mut refusing = self.refusing.lock();
        *refusing = reason.map(|reason| {
            let since = refusing.as_ref().map_or_else(|| self.clock.now(), |before| before.since);
            Refusing { since, reason }
        });
    }

    /// Whether messages are turned away now.
    pub fn refusing(&self) -> Option<Refusing> {
        self.refusing.lock().clone()
    }

    /// Records that cannot be read any more, as far as somebody came across them.
    pub fn damage(&self) -> Vec<Hole> {
        self.damage.holes()
    }
}

fn mib(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}

impl Journal for GuardedJournal {
    fn append(&self, records: Vec<Bytes>) -> BoxFuture<'static, Result<Offset, JournalError>> {
        if self.full.load(Ordering::Relaxed) {
            self.refused.fetch_add(1, Ordering::Relaxed);
            let detail = format!("less than {} are free", mib(self.wanted_bytes(true)));
            return std::future::ready(Err(JournalError::Full { detail })).boxed();
        }
        self.inner.append(records)
    }

    fn read(&self, from: Offset, max_bytes: usize) -> BoxFuture<'_, Result<Batch, JournalError>> {
        let reading = self.inner.read(from, max_bytes);
        reading.inspect(|read| self.damage.note(read)).boxed()
    }

    fn first(&self) -> Offset {
        self.inner.first()
    }

    fn end(&self) -> Offset {
        self.inner.end()
    }

    fn wait_past(&self, offset: Offset) -> BoxFuture<'_, ()> {
        self.inner.wait_past(offset)
    }

    fn commit<'a>(&'a self, reader: &'a str, next: Offset) -> BoxFuture<'a, Result<(), JournalError>> {
        self.inner.commit(reader, next)
    }

    fn committed<'a>(&'a self, reader: &'a str) -> BoxFuture<'a, Result<Option<Offset>, JournalError>> {
        self.inner.committed(reader)
    }

    fn readers(&self) -> Vec<(String, Offset)> {
        self.inner.readers()
    }

    fn stats(&self) -> JournalStats {
        let inner = self.inner.stats();
        JournalStats {
            refused: inner.refused + self.refused.load(Ordering::Relaxed),
            refusing: inner.refusing || self.full.load(Ordering::Relaxed),
            ..inner
        }
    }
}

#[cfg(test)]
mod tests {
    use backplane::journal::{LocalJournal, LocalJournalConfig};
    use model::SystemClock;

    use super::*;

    #[tokio::test]
    async fn what_does_not_get_past_the_guard_is_counted_and_said() {
        let dir = tempfile::tempdir().unwrap();
        let local = LocalJournal::open(dir.path().join("journal"), LocalJournalConfig::default()).unwrap();
        let guard = |min_free| {
            GuardedJournal::new(local.clone(), dir.path().to_owned(), min_free, Arc::new(SystemClock))
        };
        let open = guard(1);
        open.append(vec![Bytes::from_static(b"taken")]).await.unwrap();
        assert_eq!((open.refusing(), open.stats().refusing), (None, false));

        let closed = guard(u64::MAX / 2);
        let refused = closed.append(vec![Bytes::from_static(b"refused")]).await.unwrap_err();
        assert!(matches!(refused, JournalError::Full { .. }), "{refused}");
        let first = closed.refusing().unwrap();
        assert!(first.reason.text().contains("MiB of disk are free"), "{first:?}");
        closed.look();
        assert_eq!(closed.refusing().unwrap().since, first.since, "one outage has one beginning");
        assert_eq!((closed.stats().refused, closed.stats().refusing), (1, true));
        assert_eq!(closed.read(0, 1 << 20).await.unwrap().entries.len(), 1, "readers go on");
        local.close().await;
    }
}
