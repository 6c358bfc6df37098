//! A disk that is full, broken, or loses power. Refused is refused, acknowledged is kept, and it goes on afterwards.

use std::sync::Arc;

use backplane::journal::conformance::read_all;
use backplane::journal::faults::{Faults, FaultyDisk};
use backplane::journal::{Journal, JournalError, LocalJournal};

use super::{record, segments, single, tiny};

fn open(dir: &std::path::Path, disk: &FaultyDisk) -> Arc<LocalJournal> {
    LocalJournal::open_on(dir, single(), Arc::new(disk.clone())).unwrap()
}

/// Exactly these records, now and after another start.
async fn holds(dir: &std::path::Path, journal: Arc<LocalJournal>, expected: &[&str]) {
    let expected: Vec<_> = expected.iter().copied().map(record).collect();
    let now: Vec<_> = read_all(&*journal, 0, 1 << 20).await.into_iter().map(|entry| entry.bytes).collect();
    assert_eq!(now, expected);
    journal.close().await;
    let journal = LocalJournal::open(dir, single()).unwrap();
    let again: Vec<_> = read_all(&*journal, 0, 1 << 20).await.into_iter().map(|entry| entry.bytes).collect();
    assert_eq!(again, expected);
}

#[tokio::test]
async fn a_full_disk_refuses_and_recovers() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
    let journal = open(dir.path(), &disk);
    journal.append(vec![record("before")]).await.unwrap();
    for space in [0, 1, 39, 60] {
        disk.set(Faults { space: Some(space), ..Faults::default() });
        let refused = journal.append(vec![record("a"), record("b".repeat(100))]).await.unwrap_err();
        assert!(matches!(refused, JournalError::Full { .. }), "{refused}");
        assert_eq!(journal.end(), 1);
        journal.commit("lake", space as u64 % 2).await.expect("readers go on");
    }
    disk.set(Faults::default());
    assert_eq!(journal.append(vec![record("after")]).await, Ok(1));
    assert_eq!(segments(dir.path()).len(), 1, "a full disk costs no segment");
    assert_eq!(journal.stats().refused, 4);
    holds(dir.path(), journal, &["before", "after"]).await;
}

#[tokio::test]
async fn a_full_disk_that_cannot_even_take_a_write_back() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
    let journal = open(dir.path(), &disk);
    journal.append(vec![record("before")]).await.unwrap();
    disk.set(Faults { space: Some(44), truncates_fail: true, ..Faults::default() });
    assert!(journal.append(vec![record("refused"), record("too")]).await.is_err());
    disk.set(Faults { truncates_fail: true, ..Faults::default() });
    assert_eq!(journal.append(vec![record("after")]).await, Ok(1));
    holds(dir.path(), journal, &["before", "after"]).await;
}

#[tokio::test]
async fn a_segment_whose_sync_failed_is_never_written_again() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
    let journal = open(dir.path(), &disk);
    journal.append(vec![record("before")]).await.unwrap();
    let first = segments(dir.path()).remove(0);

    disk.set(Faults { syncs_fail: true, truncates_fail: true, ..Faults::default() });
    for _ in 0..3 {
        let refused = journal.append(vec![record("refused")]).await.unwrap_err();
        assert!(matches!(refused, JournalError::Io { .. }), "{refused}");
    }
    let abandoned = std::fs::read(&first).unwrap();
    assert!(abandoned.windows(7).any(|window| window == b"refused"), "its bytes reached the file");

    disk.set(Faults::default());
    assert_eq!(journal.append(vec![record("after")]).await, Ok(1));
    assert_eq!(std::fs::read(&first).unwrap(), abandoned);
    assert_eq!(segments(dir.path()).len(), 2);
    holds(dir.path(), journal, &["before", "after"]).await;
}

#[tokio::test]
async fn a_disk_broken_from_the_first_append() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
    let journal = open(dir.path(), &disk);
    for faults in [
        Faults { writes_fail: true, truncates_fail: true, ..Faults::default() },
        Faults { syncs_fail: true, truncates_fail: true, ..Faults::default() },
        Faults { space: Some(10), truncates_fail: true, ..Faults::default() },
    ] {
        disk.set(faults);
        for _ in 0..3 {
            assert!(journal.append(vec![record("refused")]).await.is_err());
        }
    }
    disk.set(Faults::default());
    assert_eq!(journal.append(vec![record("first")]).await, Ok(0));
    assert_eq!(segments(dir.path()).len(), 1, "nothing void is left");
    holds(dir.path(), journal, &["first"]).await;
}

#[tokio::test]
async fn a_failed_commit_is_refused_and_the_last_good_one_stays() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
    let journal = open(dir.path(), &disk);
    journal.append(vec![record("a"), record("b")]).await.unwrap();
    journal.commit("lake", 1).await.unwrap();
    disk.set(Faults { writes_fail: true, ..Faults::default() });
    assert!(journal.commit("lake", 2).await.is_err());
    assert!(journal.commit("lake", 2).await.is_err(), "a repeated wish is not taken for done");
    assert_eq!(journal.committed("lake").await, Ok(Some(1)));
    journal.close().await;
    let journal = LocalJournal::open(dir.path(), single()).unwrap();
    assert_eq!(journal.committed("lake").await, Ok(Some(1)));
}

/// Appends in groups, cuts the power during the last ones, and looks what is there; many times, on one directory.
#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_loses_nothing_acknowledged_and_tears_no_append() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let mut acknowledged = 0;
    for round in 0..150 {
        let config = backplane::journal::LocalJournalConfig { segment_bytes: 3_000, ..tiny() };
        let journal = LocalJournal::open_on(dir.path(), config, Arc::new(disk.clone())).unwrap();
        assert!(journal.end() >= acknowledged, "round {round}: {} of {acknowledged} are left", journal.end());
        let all = read_all(&*journal, 0, 1 << 20).await;
        for pair in all.chunks(2) {
            let [first, second] = pair else { panic!("round {round}: an append is torn") };
            assert_eq!(first.bytes, second.bytes);
        }
        for _ in 0..random() % 5 {
            let text = "x".repeat(usize::try_from(random() % 300).unwrap());
            acknowledged = journal.append(vec![record(text.clone()), record(text)]).await.unwrap() + 2;
        }
        // These reach the file, but no sync covers them.
        disk.set(Faults { syncs_fail: true, truncates_fail: true, ..Faults::default() });
        let unlucky = (0..random() % 6).map(|n| {
            let text = format!("{n}").repeat(usize::try_from(n * 40).unwrap());
            journal.append(vec![record(text.clone()), record(text)])
        });
        futures::future::join_all(unlucky).await;
        journal.close().await;
        disk.cut_power(|| random() % 2 == 0).unwrap();
        disk.set(Faults::default());
    }
    assert!(acknowledged > 200);
}
