//! The journal of a single machine: segment files, one thread that writes them, readers anywhere.
//!
//! `append` → [`queue`] → [`committer`] (one write and one sync for a whole group) → [`shared`] → readers: from
//! [`recent`] at the tail, through [`walk`] from the disk. [`open`] and [`recover`] put the newest segment right on
//! start, [`readers`] keeps offsets, [`retention`] removes what nobody needs.

mod committer;
mod config;
mod disk;
#[cfg(feature = "testing")]
pub mod faults;
mod frame;
mod open;
mod queue;
mod read;
mod readers;
mod recent;
mod recover;
mod retention;
mod segment;
mod shared;
mod walk;

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use bytes::Bytes;
use futures::FutureExt;
use futures::future::{self, BoxFuture};
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;

use super::{Batch, Journal, JournalError, JournalStats, Offset};
use committer::{Committer, Trouble};
pub use config::{LocalJournalConfig, OpenError};
use disk::{Disk, FileSystem};
use readers::Readers;
use recent::Recent;
use shared::{End, Log, Shared};

/// The journal of a single machine. Closing or dropping it makes durable what was appended before.
pub struct LocalJournal {
    shared: Arc<Shared>,
    end: watch::Receiver<End>,
    running: Mutex<Option<Running>>,
}

struct Running {
    thread: JoinHandle<()>,
    lock: File,
}

impl Running {
    /// Waits for the thread. Unlocks by name: a child process that is just being started may still hold a copy of
    /// the file, and with it the lock.
    fn end(self) {
        let _ = self.thread.join();
        let _ = self.lock.unlock();
    }
}

impl LocalJournal {
    /// Opens or creates the journal in `dir`, repairing what a crash left behind.
    ///
    /// # Errors
    /// Another process has it open, a newer binary wrote it, or the disk refuses.
    pub fn open(dir: impl AsRef<Path>, config: LocalJournalConfig) -> Result<Arc<Self>, OpenError> {
        Self::start(dir.as_ref(), config, Arc::new(FileSystem))
    }

    /// On a disk that fails when told to.
    ///
    /// # Errors
    /// As [`Self::open`].
    #[cfg(feature = "testing")]
    pub fn open_on(
        dir: impl AsRef<Path>,
        config: LocalJournalConfig,
        disk: Arc<faults::FaultyDisk>,
    ) -> Result<Arc<Self>, OpenError> {
        Self::start(dir.as_ref(), config, disk)
    }

    fn start(dir: &Path, config: LocalJournalConfig, disk: Arc<dyn Disk>) -> Result<Arc<Self>, OpenError> {
        let lock = open::lock(dir)?;
        let readers = Readers::open(dir, disk.as_ref())?;
        let known_end = readers.durable().values().max().copied().unwrap_or(0);
        let opened = open::open(dir, known_end, disk.as_ref())?;
        let offset = opened.end;
        let first = opened.segments.front().map_or(offset, |segment| segment.base);
        let recent = Recent::new(offset, config.recent_bytes);
        let (sender, end) = watch::channel(End { offset, closed: false });
        let shared = Arc::new(Shared {
            dir: dir.to_owned(),
            config,
            queue: queue::Queue::default(),
            readers,
            log: RwLock::new(Log { segments: opened.segments, recent, first, end: offset }),
            end: sender,
            refused: AtomicU64::new(0),
            failed: Mutex::default(),
            torn_bytes: opened.torn_bytes,
            syncs: AtomicU64::new(0),
            last_sync_micros: AtomicU64::new(0),
        });
        let active = Some(opened.active);
        let committer = Committer { shared: shared.clone(), disk, active, trouble: Trouble::default() };
        let thread = thread::Builder::new().name("journal".to_owned()).spawn(move || committer.run());
        let thread = thread.map_err(|source| OpenError::Io { path: dir.to_owned(), source })?;
        Ok(Arc::new(Self { shared, end, running: Mutex::new(Some(Running { thread, lock })) }))
    }

    /// Makes durable what was appended, ends the thread and releases the directory.
    pub async fn close(&self) {
        self.shared.queue.close();
        let running = self.running.lock().take();
        if let Some(running) = running {
            let _ = tokio::task::spawn_blocking(move || running.end()).await;
        }
    }

    fn refuse(&self, error: JournalError) -> JournalError {
        self.shared.refused.fetch_add(1, Ordering::Relaxed);
        error
    }
}

impl Drop for LocalJournal {
    fn drop(&mut self) {
        self.shared.queue.close();
        if let Some(running) = self.running.lock().take() {
            running.end();
        }
    }
}

impl Journal for LocalJournal {
    fn append(&self, records: Vec<Bytes>) -> BoxFuture<'static, Result<Offset, JournalError>> {
        let (bytes, limit) = (frame::encoded_len(&records), self.shared.config.max_append_bytes);
        if bytes > limit {
            return future::ready(Err(self.refuse(JournalError::TooLarge { bytes, limit }))).boxed();
        }
        match self.shared.queue.push(records, self.shared.config.max_queued_bytes) {
            Ok(ticket) => ticket.map(|answer| answer.unwrap_or(Err(JournalError::Closed))).boxed(),
            Err(error) => future::ready(Err(self.refuse(error))).boxed(),
        }
    }

    fn read(&self, from: Offset, max_bytes: usize) -> BoxFuture<'_, Result<Batch, JournalError>> {
        let located = {
            let log = self.shared.log.read();
            if self.end.borrow().closed {
                Err(JournalError::Closed)
            } else if from < log.first {
                Err(JournalError::Gap { first: log.first })
            } else if from > log.end {
                Err(JournalError::Ahead { end: log.end })
            } else {
                match log.recent.read(from, max_bytes) {
                    Some(batch) => return future::ready(Ok(batch)).boxed(),
                    None => log.locate(from).ok_or(JournalError::Gap { first: log.first }),
                }
            }
        };
        let (segment, limit) = match located {
            Ok(located) => located,
            Err(error) => return future::ready(Err(error)).boxed(),
        };
        let reading = tokio::task::spawn_blocking(move || read::read(&segment, from, limit, max_bytes));
        async move {
            let batch = reading.await.unwrap_or(Err(JournalError::Closed));
            // The segment may have been removed while it was being read.
            match batch {
                Err(_) if from < self.first() => Err(JournalError::Gap { first: self.first() }),
                batch => batch,
            }
        }
        .boxed()
    }

    fn first(&self) -> Offset {
        self.shared.log.read().first
    }

    fn end(&self) -> Offset {
        self.shared.log.read().end
    }

    fn wait_past(&self, offset: Offset) -> BoxFuture<'_, ()> {
        let mut end = self.end.clone();
        async move {
            let _ = end.wait_for(|end| end.closed || end.offset > offset).await;
        }
        .boxed()
    }

    fn commit<'a>(&'a self, reader: &'a str, next: Offset) -> BoxFuture<'a, Result<(), JournalError>> {
        let end = self.end();
        if next > end {
            return future::ready(Err(JournalError::Ahead { end })).boxed();
        }
        let Some(change) = self.shared.readers.want(reader, next) else {
            return future::ready(Ok(())).boxed();
        };
        let shared = self.shared.clone();
        let persisting = tokio::task::spawn_blocking(move || {
            shared.readers.persist(change)?;
            shared.queue.tidy();
            Ok(())
        });
        async move { persisting.await.unwrap_or(Err(JournalError::Closed)) }.boxed()
    }

    fn committed<'a>(&'a self, reader: &'a str) -> BoxFuture<'a, Result<Option<Offset>, JournalError>> {
        future::ready(Ok(self.shared.readers.durable().get(reader).copied())).boxed()
    }

    fn readers(&self) -> Vec<(String, Offset)> {
        self.shared.readers.durable().into_iter().collect()
    }

    fn stats(&self) -> JournalStats {
        let log = self.shared.log.read();
        JournalStats {
            bytes: log.bytes(),
            segments: log.segments.len(),
            first: log.first,
            end: log.end,
            queued_bytes: self.shared.queue.bytes(),
            refused: self.shared.refused.load(Ordering::Relaxed),
            refusing: self.shared.is_refusing(),
            torn_bytes: self.shared.torn_bytes,
            syncs: self.shared.syncs.load(Ordering::Relaxed),
            last_sync_micros: self.shared.last_sync_micros.load(Ordering::Relaxed),
        }
    }
}

/// The journal's word for what the file system said.
fn refusal(path: &Path, error: &io::Error) -> JournalError {
    let detail = format!("{}: {error}", path.display());
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            JournalError::Full { detail }
        }
        _ => JournalError::Io { detail },
    }
}
