//! Bits rot. A reader is told which records are gone, gets all others, and never a wrong one.

use backplane::journal::{Journal, JournalError, LocalJournal};

use super::{read_around, record, segments, single, tiny};

const APPENDS: u64 = 40;

async fn fill(dir: &std::path::Path, config: backplane::journal::LocalJournalConfig) {
    let journal = LocalJournal::open(dir, config).unwrap();
    for append in 0..APPENDS {
        journal
            .append(vec![record(format!("{}", 2 * append)), record(format!("{}", 2 * append + 1))])
            .await
            .unwrap();
    }
    journal.close().await;
}

/// Everything read is right, and everything missing is in a gap or behind the end.
async fn check(journal: &dyn Journal, what: &str) -> Vec<(u64, u64)> {
    let (entries, gaps) = read_around(journal).await;
    let mut seen = vec![false; usize::try_from(2 * APPENDS).unwrap()];
    for entry in entries {
        assert_eq!(entry.bytes, record(entry.offset.to_string()), "{what}");
        assert!(!std::mem::replace(&mut seen[usize::try_from(entry.offset).unwrap()], true), "{what}: twice");
    }
    for (offset, seen) in (0..journal.end()).zip(seen) {
        let in_gap = gaps.iter().any(|(from, to)| (*from..*to).contains(&offset));
        assert!(seen != in_gap, "{what}: record {offset} is neither read nor missed, or both");
    }
    gaps
}

#[tokio::test]
async fn every_flipped_byte_is_found_and_costs_one_append() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), single()).await;
    let file = segments(dir.path()).remove(0);
    let good = std::fs::read(&file).unwrap();
    for byte in 0..good.len() {
        let mut bad = good.clone();
        bad[byte] ^= 0x10;
        // A segment's version is checked elsewhere.
        if (8..10).contains(&byte) {
            continue;
        }
        std::fs::write(&file, &bad).unwrap();
        let journal = LocalJournal::open(dir.path(), single()).unwrap();
        let gaps = check(&*journal, &format!("byte {byte}")).await;
        match journal.end() {
            end if end == 2 * APPENDS => {
                let lost: u64 = gaps.iter().map(|(from, to)| to - from).sum();
                assert_eq!(lost, if byte < 32 { 0 } else { 2 }, "byte {byte}");
            }
            // Damage to the very last append looks like a torn tail.
            end => assert_eq!((end, gaps.len()), (2 * APPENDS - 2, 0), "byte {byte}"),
        }
    }
}

#[tokio::test]
async fn a_sealed_segment_with_a_hole_names_file_and_place() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), tiny()).await;
    let file = segments(dir.path()).remove(1);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[32 + 45] ^= 1;
    std::fs::write(&file, &bytes).unwrap();

    let journal = LocalJournal::open(dir.path(), tiny()).unwrap();
    let gaps = check(&*journal, "sealed").await;
    assert_eq!(gaps.len(), 1);
    let (from, to) = gaps[0];
    let error = journal.read(from + 1, 1).await.unwrap_err();
    let expected = JournalError::Corrupt {
        from: from + 1,
        to,
        file: file.display().to_string(),
        position: 32,
        detail: "the frame's content does not match its checksum".to_owned(),
    };
    assert_eq!(error, expected, "starting inside the hole");
}

#[tokio::test]
async fn a_truncated_or_missing_sealed_segment_is_a_gap() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), tiny()).await;
    let files = segments(dir.path());
    let len = std::fs::metadata(&files[1]).unwrap().len();
    std::fs::OpenOptions::new().write(true).open(&files[1]).unwrap().set_len(len - 10).unwrap();
    std::fs::write(&files[2], b"").unwrap();
    let journal = LocalJournal::open(dir.path(), tiny()).unwrap();
    assert_eq!(check(&*journal, "cut").await.len(), 2);
    assert_eq!(journal.end(), 2 * APPENDS);
    journal.close().await;

    std::fs::remove_file(&files[3]).unwrap();
    let journal = LocalJournal::open(dir.path(), tiny()).unwrap();
    check(&*journal, "removed").await;
    assert_eq!(journal.end(), 2 * APPENDS);
}
