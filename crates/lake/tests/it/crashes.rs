//! Whenever the process dies, each row is there exactly once afterwards.

use backplane::journal::Journal;
use bytes::Bytes;
use model::DeviceId;
use serde_json::json;

use crate::place::{NOON, Next, Place, config, number};

async fn rows(place: &Place) -> serde_json::Value {
    place.cell("SELECT count(*) FROM thermostat").await
}

async fn send(place: &Place, count: i64) {
    for at in 0..count {
        place.send("thermostat", DeviceId::generate(), NOON + at, &[("t", number(1.0))]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn before_any_flush() {
    let place = Place::new().await;
    send(&place, 5).await;
    place.catch_up().await;
    let place = place.restart().await;
    place.catch_up().await;
    assert_eq!(rows(&place).await, json!(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_files_and_before_the_catalog() {
    let place = Place::new().await;
    send(&place, 3).await;
    place.lake.flush().await.unwrap();
    send(&place, 4).await;
    place.catalog.next(Next::Refuses);
    place.lake.flush().await.unwrap_err();
    assert_eq!(rows(&place).await, json!(7));
    assert!(place.lake.stats().flush_error.is_some());
    assert_eq!(place.parquet_files().len(), 2);
    let place = place.restart().await;
    assert_eq!(place.parquet_files().len(), 1, "the orphan is swept");
    place.lake.flush().await.unwrap();
    assert_eq!(rows(&place).await, json!(7));
    assert_eq!(place.lake.stats().flush_error, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_catalog_and_before_the_journal() {
    let place = Place::new().await;
    send(&place, 3).await;
    place.lake.flush().await.unwrap();
    // As if the journal had never been told.
    place.journal.commit("lake", 0).await.unwrap();
    let place = place.restart().await;
    place.lake.flush().await.unwrap();
    assert_eq!(rows(&place).await, json!(3));
    assert_eq!(place.journal.committed("lake").await.unwrap(), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_counts_once() {
    for restart in [false, true] {
        let place = Place::new().await;
        send(&place, 3).await;
        place.catalog.next(Next::LosesItsAnswer);
        place.lake.flush().await.unwrap();
        let place = if restart { place.restart().await } else { place };
        place.lake.flush().await.unwrap();
        assert_eq!(rows(&place).await, json!(3));
        assert_eq!(place.catalog.inner.snapshot().files.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_flush_is_finished_later_with_what_came_meanwhile() {
    let place = Place::new().await;
    send(&place, 3).await;
    place.catalog.next(Next::Refuses);
    place.lake.flush().await.unwrap_err();
    send(&place, 2).await;
    place.lake.flush().await.unwrap();
    assert_eq!(rows(&place).await, json!(5));
    assert_eq!(place.lake.stats().memory_rows, 0);
    let place = place.restart().await;
    place.lake.flush().await.unwrap();
    assert_eq!(rows(&place).await, json!(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn during_a_compaction() {
    for next in [Next::Refuses, Next::LosesItsAnswer] {
        let place = Place::new().await;
        for _ in 0..4 {
            send(&place, 2).await;
            place.lake.flush().await.unwrap();
        }
        place.catalog.next(next);
        let _ = place.lake.maintain().await;
        assert_eq!(rows(&place).await, json!(8));
        place.lake.maintain().await.unwrap();
        assert_eq!(rows(&place).await, json!(8));
        let place = place.restart().await;
        assert_eq!(rows(&place).await, json!(8));
        assert_eq!(place.parquet_files().len(), place.catalog.inner.snapshot().files.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_journal_record_is_skipped_and_counted() {
    let place = Place::new().await;
    send(&place, 1).await;
    place
        .journal
        .append(vec![Bytes::from_static(b"\x01nonsense"), Bytes::from_static(b"\x63")])
        .await
        .unwrap();
    send(&place, 1).await;
    place.lake.flush().await.unwrap();
    assert_eq!(rows(&place).await, json!(2));
    assert_eq!(place.lake.stats().lost_records, 2);
    assert_eq!(place.lake.stats().lag, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_bounded_while_flushing_fails() {
    let small = lake::LakeConfig { memory_bytes: 4_000, flush_bytes: 1_000, ..config() };
    let place = Place::with(small.clone()).await;
    let folder = place.directory.path().join("blobs/lake");
    std::fs::create_dir_all(place.directory.path().join("blobs")).unwrap();
    // A file where the folder should be: every write fails, as on a full disk.
    std::fs::write(&folder, b"in the way").unwrap();
    send(&place, 300).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let running = tokio::spawn(std::sync::Arc::clone(&place.lake).run(stop.clone()));
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    while !(place.lake.stats().paused && place.lake.stats().flush_error.is_some()) {
        assert!(tokio::time::Instant::now() < deadline, "{:?}", place.lake.stats());
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    std::fs::remove_file(&folder).unwrap();
    while place.lake.stats().position < 300 {
        assert!(
            tokio::time::Instant::now() < deadline + std::time::Duration::from_secs(20),
            "{:?}",
            place.lake.stats()
        );
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(rows(&place).await, json!(300));
    stop.cancel();
    running.await.unwrap();
    assert_eq!(place.lake.stats().flush_error, None);
}
