//! The journal of a single machine.

mod config;

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;

use super::{Batch, Journal, JournalError, JournalStats, Offset};
pub use config::{LocalJournalConfig, OpenError};

#[cfg(feature = "testing")]
pub mod faults {}

/// The journal of a single machine.
pub struct LocalJournal {}

impl LocalJournal {
    /// # Errors
    /// See [`OpenError`].
    pub fn open(_dir: impl AsRef<Path>, _config: LocalJournalConfig) -> Result<Arc<Self>, OpenError> {
        todo!()
    }

    /// Makes durable what was appended, then ends.
    pub async fn close(&self) {
        todo!()
    }
}

impl Journal for LocalJournal {
    fn append(&self, _records: Vec<Bytes>) -> BoxFuture<'static, Result<Offset, JournalError>> {
        todo!()
    }
    fn read(&self, _from: Offset, _max_bytes: usize) -> BoxFuture<'_, Result<Batch, JournalError>> {
        todo!()
    }
    fn first(&self) -> Offset {
        todo!()
    }
    fn end(&self) -> Offset {
        todo!()
    }
    fn wait_past(&self, _offset: Offset) -> BoxFuture<'_, ()> {
        todo!()
    }
    fn commit<'a>(&'a self, _reader: &'a str, _next: Offset) -> BoxFuture<'a, Result<(), JournalError>> {
        todo!()
    }
    fn committed<'a>(&'a self, _reader: &'a str) -> BoxFuture<'a, Result<Option<Offset>, JournalError>> {
        todo!()
    }
    fn readers(&self) -> Vec<(String, Offset)> {
        todo!()
    }
    fn stats(&self) -> JournalStats {
        todo!()
    }
}
