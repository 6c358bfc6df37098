//! What every journal must do, whatever is behind it. Each case gets a fresh, empty journal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test suite"
)]

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;

use super::{Entry, Journal, JournalError, Offset};

/// Far more than any case needs.
const DEADLINE: Duration = Duration::from_secs(30);

/// Runs every case on its own journal, which `open` makes; a failure panics with the case's name in the backtrace.
pub async fn run(open: impl AsyncFn() -> Arc<dyn Journal>) {
    starts_empty(&*open().await).await;
    offsets_are_dense_and_an_append_stays_together(&*open().await).await;
    the_order_of_calls_is_the_order_of_records(&*open().await).await;
    concurrent_appends_do_not_mix(open().await).await;
    an_empty_append_waits_for_those_before(&*open().await).await;
    a_dropped_future_takes_nothing_back(&*open().await).await;
    reading_in_small_pieces_loses_nothing(&*open().await).await;
    what_is_acknowledged_can_be_read_at_once(&*open().await).await;
    a_waiting_reader_is_woken(open().await).await;
    readers_keep_their_place(&*open().await).await;
    offsets_beyond_the_end_are_refused(&*open().await).await;
}

/// Everything in the journal from `from` on, read in pieces of `max_bytes`.
pub async fn read_all(journal: &dyn Journal, from: Offset, max_bytes: usize) -> Vec<Entry> {
    let (mut entries, mut next) = (Vec::new(), from);
    loop {
        let batch = journal.read(next, max_bytes).await.unwrap();
        if batch.entries.is_empty() {
            assert_eq!(batch.next, next, "an empty batch does not move the reader");
            return entries;
        }
        for entry in &batch.entries {
            assert_eq!(entry.offset, next, "offsets are dense");
            next += 1;
        }
        assert_eq!(batch.next, next);
        entries.extend(batch.entries);
    }
}

fn record(text: impl Into<String>) -> Bytes {
    Bytes::from(text.into())
}

fn texts(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| String::from_utf8(entry.bytes.to_vec()).unwrap()).collect()
}

async fn starts_empty(journal: &dyn Journal) {
    assert_eq!((journal.first(), journal.end()), (0, 0));
    assert!(read_all(journal, 0, 1024).await.is_empty());
    assert!(journal.readers().is_empty());
    assert_eq!(journal.committed("nobody").await, Ok(None));
}

async fn offsets_are_dense_and_an_append_stays_together(journal: &dyn Journal) {
    assert_eq!(journal.append(vec![record("a"), record(""), record("c")]).await, Ok(0));
    assert_eq!(journal.append(vec![record("d")]).await, Ok(3));
    assert_eq!(journal.end(), 4);
    assert_eq!(texts(&read_all(journal, 0, 1024).await), ["a", "", "c", "d"]);
    assert_eq!(texts(&read_all(journal, 2, 1024).await), ["c", "d"], "reading may start inside an append");
}

async fn the_order_of_calls_is_the_order_of_records(journal: &dyn Journal) {
    let mut appends: Vec<_> = (0..100).map(|n| journal.append(vec![record(format!("{n}"))])).collect();
    appends.reverse();
    let mut offsets: Vec<Offset> = join_all(appends).await.into_iter().map(Result::unwrap).collect();
    offsets.reverse();
    assert_eq!(offsets, (0..100).collect::<Vec<_>>());
    let expected: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    assert_eq!(texts(&read_all(journal, 0, 1 << 20).await), expected);
}

async fn concurrent_appends_do_not_mix(journal: Arc<dyn Journal>) {
    let writers = (0..8).map(|writer| {
        let journal = journal.clone();
        tokio::spawn(async move {
            for round in 0..25 {
                let pair = (0..3).map(|part| record(format!("{writer} {round} {part}"))).collect();
                journal.append(pair).await.unwrap();
            }
        })
    });
    for writer in join_all(writers).await {
        writer.unwrap();
    }
    let all = texts(&read_all(&*journal, 0, 1 << 20).await);
    assert_eq!(all.len(), 8 * 25 * 3);
    let mut last_round = [None; 8];
    for append in all.chunks(3) {
        let (head, _) = append[0].rsplit_once(' ').unwrap();
        assert!((0..3).all(|part| append[part] == format!("{head} {part}")), "torn apart: {append:?}");
        let (writer, round) = head.split_once(' ').unwrap();
        let (writer, round): (usize, u32) = (writer.parse().unwrap(), round.parse().unwrap());
        assert!(last_round[writer] < Some(round), "out of order");
        last_round[writer] = Some(round);
    }
}

async fn an_empty_append_waits_for_those_before(journal: &dyn Journal) {
    let earlier = journal.append(vec![record("a"), record("b")]);
    assert_eq!(journal.append(Vec::new()).await, Ok(2));
    assert_eq!(journal.end(), 2);
    assert_eq!(earlier.await, Ok(0));
}

async fn a_dropped_future_takes_nothing_back(journal: &dyn Journal) {
    drop(journal.append(vec![record("kept")]));
    journal.append(vec![record("after")]).await.unwrap();
    assert_eq!(texts(&read_all(journal, 0, 1024).await), ["kept", "after"]);
}

async fn reading_in_small_pieces_loses_nothing(journal: &dyn Journal) {
    let records: Vec<Bytes> = (0..200_u8).map(|n| Bytes::from(vec![n; usize::from(n)])).collect();
    for some in records.chunks(7) {
        journal.append(some.to_vec()).await.unwrap();
    }
    for max_bytes in [0, 1, 100, 1_000, 1 << 20] {
        let read: Vec<Bytes> =
            read_all(journal, 0, max_bytes).await.into_iter().map(|entry| entry.bytes).collect();
        assert!(read == records, "in pieces of {max_bytes}");
    }
    let batch = journal.read(0, 1_000).await.unwrap();
    let bytes: usize = batch.entries.iter().map(|entry| entry.bytes.len()).sum();
    assert!(bytes <= 1_000, "{bytes} bytes are more than asked for");
}

async fn what_is_acknowledged_can_be_read_at_once(journal: &dyn Journal) {
    for n in 0..20 {
        let offset = journal.append(vec![record(format!("{n}"))]).await.unwrap();
        assert!(journal.end() > offset);
        let batch = journal.read(offset, 100).await.unwrap();
        assert_eq!(texts(&batch.entries), [n.to_string()]);
    }
}

async fn a_waiting_reader_is_woken(journal: Arc<dyn Journal>) {
    journal.append(vec![record("a")]).await.unwrap();
    tokio::time::timeout(DEADLINE, journal.wait_past(0)).await.expect("it is there already");
    let waiting = {
        let journal = journal.clone();
        tokio::spawn(async move {
            journal.wait_past(1).await;
            journal.read(1, 100).await
        })
    };
    journal.append(vec![record("b")]).await.unwrap();
    let batch = tokio::time::timeout(DEADLINE, waiting).await.expect("it is woken").unwrap().unwrap();
    assert_eq!(texts(&batch.entries), ["b"]);
}

async fn readers_keep_their_place(journal: &dyn Journal) {
    journal.append((0..10).map(|n| record(format!("{n}"))).collect()).await.unwrap();
    let (lake, twin) = (journal.commit("lake", 4), journal.commit("twin", 10));
    assert_eq!((lake.await, twin.await), (Ok(()), Ok(())));
    assert_eq!(journal.committed("lake").await, Ok(Some(4)));
    journal.commit("twin", 2).await.unwrap();
    assert_eq!(journal.committed("twin").await, Ok(Some(2)), "a reader may go back");
    let mut readers = journal.readers();
    readers.sort();
    assert_eq!(readers, [("lake".to_owned(), 4), ("twin".to_owned(), 2)]);
}

async fn offsets_beyond_the_end_are_refused(journal: &dyn Journal) {
    journal.append(vec![record("a")]).await.unwrap();
    assert_eq!(journal.read(2, 100).await, Err(JournalError::Ahead { end: 1 }));
    assert_eq!(journal.commit("lake", 2).await, Err(JournalError::Ahead { end: 1 }));
    assert_eq!(journal.committed("lake").await, Ok(None));
}
