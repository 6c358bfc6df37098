//! What a second start finds.

use backplane::journal::conformance::read_all;
use backplane::journal::{Journal, JournalError, LocalJournal, LocalJournalConfig, OpenError};

use super::{record, segments, single, tiny};

#[tokio::test]
async fn everything_is_there_again() {
    let dir = tempfile::tempdir().unwrap();
    for round in 0..5 {
        let journal = LocalJournal::open(dir.path(), tiny()).unwrap();
        assert_eq!(journal.end(), round * 20);
        for n in 0..20 {
            journal.append(vec![record(format!("{round} {n}"))]).await.unwrap();
        }
        journal.commit("lake", round * 20 + 1).await.unwrap();
        journal.close().await;
    }
    assert!(segments(dir.path()).len() > 5, "it rolled");
    let journal = LocalJournal::open(dir.path(), tiny()).unwrap();
    let all = read_all(&*journal, 0, 1000).await;
    let expected: Vec<_> =
        (0..5).flat_map(|round| (0..20).map(move |n| record(format!("{round} {n}")))).collect();
    assert!(all.into_iter().map(|entry| entry.bytes).eq(expected));
    assert_eq!(journal.committed("lake").await, Ok(Some(81)));
}

#[tokio::test]
async fn a_second_server_on_the_same_directory_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let journal = LocalJournal::open(dir.path(), single()).unwrap();
    let second = LocalJournal::open(dir.path(), single()).err().unwrap();
    assert!(matches!(&second, OpenError::Locked { path } if path == dir.path()));
    assert!(second.to_string().contains(&dir.path().display().to_string()));
    journal.close().await;
    LocalJournal::open(dir.path(), single()).expect("closing releases it");
}

#[tokio::test]
async fn a_closed_journal_says_so_and_keeps_what_was_appended() {
    let dir = tempfile::tempdir().unwrap();
    let journal = LocalJournal::open(dir.path(), single()).unwrap();
    let pending: Vec<_> = (0..50).map(|n| journal.append(vec![record(format!("{n}"))])).collect();
    journal.close().await;
    for (n, append) in (0..).zip(pending) {
        assert_eq!(append.await, Ok(n));
    }
    assert_eq!(journal.append(vec![record("late")]).await, Err(JournalError::Closed));
    journal.wait_past(1_000).await;
    assert_eq!(journal.read(0, 10).await, Err(JournalError::Closed));
    let journal = LocalJournal::open(dir.path(), single()).unwrap();
    assert_eq!(journal.end(), 50);
}

#[tokio::test]
async fn a_newer_format_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    LocalJournal::open(dir.path(), single()).unwrap().close().await;
    let file = segments(dir.path()).remove(0);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[8] = 9;
    std::fs::write(&file, &bytes).unwrap();
    let refused = LocalJournal::open(dir.path(), single()).err().unwrap();
    assert!(matches!(refused, OpenError::NewerFormat { version: 9, .. }));
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
}

#[tokio::test]
async fn offsets_are_not_used_twice_when_somebody_removed_the_segments() {
    let dir = tempfile::tempdir().unwrap();
    let journal = LocalJournal::open(dir.path(), single()).unwrap();
    journal.append(vec![record("a"), record("b")]).await.unwrap();
    journal.commit("lake", 2).await.unwrap();
    journal.close().await;
    std::fs::remove_file(segments(dir.path()).remove(0)).unwrap();
    let journal = LocalJournal::open(dir.path(), single()).unwrap();
    assert_eq!((journal.first(), journal.end()), (2, 2));
    assert_eq!(journal.read(0, 10).await, Err(JournalError::Gap { first: 2 }));
}

#[tokio::test]
async fn a_newest_segment_that_vanished_is_a_gap_for_those_who_come_later() {
    let dir = tempfile::tempdir().unwrap();
    let journal = LocalJournal::open(dir.path(), tiny()).unwrap();
    for n in 0..20 {
        journal.append(vec![record(format!("{n}"))]).await.unwrap();
    }
    journal.commit("lake", 20).await.unwrap();
    journal.close().await;
    std::fs::remove_file(segments(dir.path()).pop().unwrap()).unwrap();
    let journal = LocalJournal::open(dir.path(), tiny()).unwrap();
    assert_eq!(journal.append(vec![record("new")]).await, Ok(20));
    let (entries, gaps) = super::read_around(&*journal).await;
    assert_eq!(entries.last().unwrap().offset, 20);
    assert_eq!((gaps.len(), gaps[0].1), (1, 20));
}

#[tokio::test]
async fn too_much_at_once_is_refused_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let config = LocalJournalConfig { max_append_bytes: 1_000, ..single() };
    let journal = LocalJournal::open(dir.path(), config).unwrap();
    let refused = journal.append(vec![record("x".repeat(2_000))]).await.unwrap_err();
    assert!(matches!(refused, JournalError::TooLarge { bytes: 2_044, limit: 1_000 }), "{refused}");
    assert_eq!(journal.stats().refused, 1);
    assert_eq!(journal.end(), 0);
}

#[tokio::test]
async fn a_group_shares_a_sync() {
    let dir = tempfile::tempdir().unwrap();
    let config = LocalJournalConfig { linger: std::time::Duration::from_millis(50), ..single() };
    let journal = LocalJournal::open(dir.path(), config).unwrap();
    futures::future::join_all((0..500).map(|_| journal.append(vec![record("x")]))).await;
    let stats = journal.stats();
    assert_eq!((stats.end, stats.queued_bytes), (500, 0));
    assert!(stats.syncs <= 50, "{} syncs for 500 appends", stats.syncs);
    assert!(stats.bytes > 500 * 40);
}
