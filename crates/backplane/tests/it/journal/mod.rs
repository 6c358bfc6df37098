//! The local journal, from an empty directory to a cut power line.

mod crash;
mod damage;
mod faults;
mod full_disk;
mod reopen;
mod retention;
mod torn_tail;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use backplane::journal::conformance;
use backplane::journal::{Entry, Journal, JournalError, LocalJournal, LocalJournalConfig, Offset};
use bytes::Bytes;

#[tokio::test(flavor = "multi_thread")]
async fn the_local_journal_does_what_every_journal_must() {
    let dirs = tempfile::tempdir().unwrap();
    let fresh = |config: LocalJournalConfig| {
        let dir = dirs.path().join(uuid::Uuid::now_v7().to_string());
        async move { LocalJournal::open(dir, config).unwrap() as Arc<dyn Journal> }
    };
    conformance::run(async || fresh(LocalJournalConfig::default()).await).await;
    // Everything from the disk, in many segments.
    conformance::run(async || fresh(tiny()).await).await;
    let linger = LocalJournalConfig { linger: std::time::Duration::from_millis(2), ..tiny() };
    conformance::run(async || fresh(linger.clone()).await).await;
}

/// Rolls early, and holds nothing in memory, so that every read goes through the files.
fn tiny() -> LocalJournalConfig {
    LocalJournalConfig { segment_bytes: 400, recent_bytes: 0, ..LocalJournalConfig::default() }
}

/// One segment, read from the disk.
fn single() -> LocalJournalConfig {
    LocalJournalConfig { recent_bytes: 0, ..LocalJournalConfig::default() }
}

fn record(text: impl Into<String>) -> Bytes {
    Bytes::from(text.into())
}

fn segments(dir: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut segments: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|end| end == "seg")).collect();
    segments.sort();
    segments
}

/// Reads on behind damage, as a reader does; returns what there is and the gaps.
async fn read_around(journal: &dyn Journal) -> (Vec<Entry>, Vec<(Offset, Offset)>) {
    let (mut entries, mut gaps, mut next) = (Vec::new(), Vec::new(), journal.first());
    loop {
        match journal.read(next, 64).await {
            Ok(batch) if batch.entries.is_empty() => return (entries, gaps),
            Ok(batch) => {
                entries.extend(batch.entries);
                next = batch.next;
            }
            Err(JournalError::Corrupt { from, to, .. }) => {
                assert!(from == next && to > from, "the reader gets on: {from}..{to} at {next}");
                gaps.push((from, to));
                next = to;
            }
            Err(error) => panic!("{error}"),
        }
    }
}
