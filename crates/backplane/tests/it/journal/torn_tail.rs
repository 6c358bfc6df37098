//! A crash may leave any part of the last write. Whatever it is, the start finds whole appends, in order.

use backplane::journal::{Journal, LocalJournal};

use super::{read_around, record, segments, single};

/// Appends of one to four records, one sync each; returns the offsets at which appends end.
async fn fill(dir: &std::path::Path) -> Vec<u64> {
    let journal = LocalJournal::open(dir, single()).unwrap();
    let mut ends = vec![0];
    for append in 0..8_u64 {
        let records = (0..=append % 4).map(|part| record(format!("append {append} part {part}"))).collect();
        journal.append(records).await.unwrap();
        ends.push(journal.end());
    }
    journal.close().await;
    ends
}

#[tokio::test]
async fn cut_at_every_byte_the_journal_holds_a_prefix_of_appends() {
    let dir = tempfile::tempdir().unwrap();
    let ends = fill(dir.path()).await;
    let file = segments(dir.path()).remove(0);
    let whole = std::fs::read(&file).unwrap();
    let mut most = 0;
    for len in 0..=whole.len() {
        std::fs::remove_file(segments(dir.path()).remove(0)).unwrap();
        std::fs::write(&file, &whole[..len]).unwrap();
        let journal = LocalJournal::open(dir.path(), single()).unwrap();
        let end = journal.end();
        assert!(ends.contains(&end), "cut at {len}: {end} is inside an append");
        assert!(end >= most, "a longer file holds no less");
        most = end;
        let (entries, gaps) = read_around(&*journal).await;
        assert_eq!((entries.len() as u64, gaps.len()), (end, 0));
        assert_eq!(journal.append(vec![record("next")]).await, Ok(end), "it goes on");
        journal.close().await;
        let journal = LocalJournal::open(dir.path(), single()).unwrap();
        let (entries, gaps) = read_around(&*journal).await;
        assert_eq!((entries.last().unwrap().bytes.clone(), gaps.len()), (record("next"), 0));
    }
    assert_eq!(most, *ends.last().unwrap());
}

#[tokio::test]
async fn rubbish_behind_the_end_is_cut() {
    let dir = tempfile::tempdir().unwrap();
    let ends = fill(dir.path()).await;
    let file = segments(dir.path()).remove(0);
    let whole = std::fs::read(&file).unwrap();
    for rubbish in [vec![0; 5_000], vec![0xf5; 70], whole[whole.len() / 2..].to_vec()] {
        std::fs::write(&file, [whole.as_slice(), &rubbish].concat()).unwrap();
        let journal = LocalJournal::open(dir.path(), single()).unwrap();
        assert_eq!(journal.end(), *ends.last().unwrap());
        assert_eq!(std::fs::metadata(&file).unwrap().len(), whole.len() as u64);
    }
}
