//! A journal that can be told to refuse, as one on a full disk does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use backplane::journal::{Batch, Journal, JournalError, JournalStats, LocalJournal, Offset};
use bytes::Bytes;

type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

pub struct RefusingJournal {
    pub inner: Arc<LocalJournal>,
    refuses: AtomicBool,
    refused: AtomicU64,
    looks: AtomicU64,
}

impl RefusingJournal {
    pub fn new(inner: Arc<LocalJournal>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            refuses: AtomicBool::default(),
            refused: AtomicU64::default(),
            looks: AtomicU64::default(),
        })
    }

    pub fn refuse(&self, refuse: bool) {
        self.refuses.store(refuse, Ordering::SeqCst);
    }

    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::SeqCst)
    }

    /// How often somebody looked at its figures.
    pub fn looks(&self) -> u64 {
        self.looks.load(Ordering::SeqCst)
    }
}

impl Journal for RefusingJournal {
    fn append(&self, records: Vec<Bytes>) -> BoxFuture<'static, Result<Offset, JournalError>> {
        if self.refuses.load(Ordering::SeqCst) {
            self.refused.fetch_add(1, Ordering::SeqCst);
            return Box::pin(std::future::ready(Err(JournalError::Full { detail: "test".into() })));
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
        self.looks.fetch_add(1, Ordering::SeqCst);
        let inner = self.inner.stats();
        let refusing = self.refuses.load(Ordering::SeqCst);
        JournalStats { refused: inner.refused + self.refused(), refusing, ..inner }
    }
}
