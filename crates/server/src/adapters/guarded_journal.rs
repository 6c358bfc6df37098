//! The journal, closed to new records while the disk is nearly full.
//!
//! A full disk would take the store and the lake down with it. Refusing earlier keeps room for them, and loses nothing:
//! what is refused is not acknowledged, so its sender keeps it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use backplane::journal::{Batch, Journal, JournalError, JournalStats, Offset};
use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;

use crate::disk;

pub struct GuardedJournal {
    inner: Arc<dyn Journal>,
    data: PathBuf,
    min_free_bytes: u64,
    full: AtomicBool,
}

impl GuardedJournal {
    pub fn new(inner: Arc<dyn Journal>, data: PathBuf, min_free_bytes: u64) -> Arc<Self> {
        let journal = Self { inner, data, min_free_bytes, full: AtomicBool::new(false) };
        journal.look();
        Arc::new(journal)
    }

    /// Looks at the disk; called every few seconds.
    pub fn look(&self) {
        let Ok(space) = disk::space(&self.data) else { return };
        let full = space.free_bytes < self.min_free_bytes;
        if self.full.swap(full, Ordering::Relaxed) != full {
            let free_mib = space.free_bytes >> 20;
            if full {
                tracing::error!(
                    free_mib,
                    "the disk is nearly full: messages are refused until there is room"
                );
            } else {
                tracing::info!(free_mib, "the disk has room again: messages are taken");
            }
        }
    }
}

impl Journal for GuardedJournal {
    fn append(&self, records: Vec<Bytes>) -> BoxFuture<'static, Result<Offset, JournalError>> {
        if self.full.load(Ordering::Relaxed) {
            let detail = format!("less than {} MiB are free", self.min_free_bytes >> 20);
            return std::future::ready(Err(JournalError::Full { detail })).boxed();
        }
        self.inner.append(records)
    }

    fn read(&self, from: Offset, max_bytes: usize) -> BoxFuture<'_, Result<Batch, JournalError>> {
        self.inner.read(from, max_bytes)
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
        self.inner.stats()
    }
}
