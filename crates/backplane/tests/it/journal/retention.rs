//! Old segments go when nobody needs them, and a reader that comes too late is told.

use std::time::{Duration, SystemTime};

use backplane::journal::conformance::read_all;
use backplane::journal::{Journal, JournalError, LocalJournal, LocalJournalConfig};

use super::{record, segments, tiny};

async fn fill(journal: &LocalJournal, records: u64) {
    for _ in 0..records {
        journal.append(vec![record("x".repeat(100))]).await.unwrap();
    }
}

/// Tidying happens on the journal's own thread, after a commit and before the next append that follows it.
async fn commit(journal: &LocalJournal, reader: &str, next: u64) {
    journal.commit(reader, next).await.unwrap();
    while journal.first() == 0 {
        journal.append(vec![record("wake")]).await.unwrap();
    }
    // What we saw may be the first of several segments to go; an append waits for the thread that removes them.
    journal.append(vec![record("settled")]).await.unwrap();
}

#[tokio::test]
async fn nothing_goes_that_a_reader_still_needs() {
    let dir = tempfile::tempdir().unwrap();
    let config = LocalJournalConfig { keep_bytes: 0, ..tiny() };
    let journal = LocalJournal::open(dir.path(), config.clone()).unwrap();
    fill(&journal, 20).await;
    assert_eq!(journal.first(), 0, "nobody has said yet that they are done");
    journal.commit("slow", 0).await.unwrap();
    journal.commit("fast", 20).await.unwrap();
    fill(&journal, 10).await;
    assert_eq!(journal.first(), 0);

    commit(&journal, "slow", 11).await;
    let first = journal.first();
    assert!((1..=11).contains(&first), "whole segments up to 11, but {first}");
    assert_eq!(journal.read(0, 100).await, Err(JournalError::Gap { first }));
    let kept = read_all(&*journal, first, 1 << 20).await;
    assert_eq!(kept.len() as u64, journal.end() - first);
    journal.close().await;

    let journal = LocalJournal::open(dir.path(), config).unwrap();
    assert_eq!(journal.first(), first, "gone for good");
    assert_eq!(journal.stats().segments, segments(dir.path()).len());
}

#[tokio::test]
async fn enough_is_kept_for_streams_to_resume() {
    let dir = tempfile::tempdir().unwrap();
    let config = LocalJournalConfig { keep_bytes: 2_000, ..tiny() };
    let journal = LocalJournal::open(dir.path(), config).unwrap();
    fill(&journal, 50).await;
    commit(&journal, "lake", 50).await;
    journal.close().await;
    let bytes = journal.stats().bytes;
    assert!((2_000..2_000 + 2 * 500).contains(&bytes), "{bytes} bytes are kept");
}

#[tokio::test]
async fn what_is_too_old_goes_too() {
    let dir = tempfile::tempdir().unwrap();
    let config = LocalJournalConfig { keep_for: Some(Duration::from_secs(3600)), ..tiny() };
    let journal = LocalJournal::open(dir.path(), config).unwrap();
    fill(&journal, 20).await;
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    for old in segments(dir.path()).iter().take(2) {
        std::fs::File::options().write(true).open(old).unwrap().set_modified(long_ago).unwrap();
    }
    let third = segments(dir.path()).remove(2);
    commit(&journal, "lake", 20).await;
    journal.close().await;
    assert_eq!(segments(dir.path())[0], third);
}
