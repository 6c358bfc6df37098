//! How many records a second become durable here: `cargo run --release -p backplane --example append_rate [DIR]`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, not a part of the product")]

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use backplane::journal::{Journal, LocalJournal, LocalJournalConfig};
use bytes::Bytes;

const RECORD: usize = 120;
const PER_CASE: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() {
    let parent = std::env::args_os().nth(1).unwrap_or_else(|| ".".into());
    let dir = tempfile::tempdir_in(parent).unwrap();
    println!("records of {RECORD} bytes, appended one by one, each awaited until durable");
    println!(
        "{:>10} {:>14} {:>10} {:>12} {:>12} {:>12}",
        "in flight", "records/s", "syncs/s", "per sync", "p50 ms", "p99 ms"
    );
    for in_flight in [1, 16, 256, 6_400, 25_600] {
        measure(dir.path(), in_flight, 1).await;
    }
    println!("in appends of 64 records");
    for in_flight in [1, 100, 400] {
        measure(dir.path(), in_flight, 64).await;
    }
    let (syncs, took) = bare_syncs(dir.path());
    println!("a bare loop of write + fdatasync: {:.0} syncs/s", f64::from(syncs) / took.as_secs_f64());
    scan(dir.path()).await;
}

async fn measure(parent: &std::path::Path, in_flight: usize, per_append: usize) {
    let dir = tempfile::tempdir_in(parent).unwrap();
    let journal = LocalJournal::open(dir.path(), LocalJournalConfig::default()).unwrap();
    let started = Instant::now();
    let writers: Vec<_> = (0..in_flight)
        .map(|_| {
            let journal: Arc<LocalJournal> = journal.clone();
            tokio::spawn(async move {
                let mut latencies = Vec::new();
                while started.elapsed() < PER_CASE {
                    let asked = Instant::now();
                    let records = (0..per_append).map(|_| Bytes::from(vec![7; RECORD])).collect();
                    journal.append(records).await.unwrap();
                    latencies.push(asked.elapsed());
                }
                latencies
            })
        })
        .collect();
    let mut latencies: Vec<Duration> = Vec::new();
    for writer in writers {
        latencies.extend(writer.await.unwrap());
    }
    let (took, stats) = (started.elapsed().as_secs_f64(), journal.stats());
    latencies.sort();
    let at =
        |share: usize| latencies.get(latencies.len() * share / 100).map_or(0.0, Duration::as_secs_f64) * 1e3;
    println!(
        "{:>10} {:>14.0} {:>10.0} {:>12.1} {:>12.2} {:>12.2}",
        in_flight,
        stats.end as f64 / took,
        stats.syncs as f64 / took,
        stats.end as f64 / stats.syncs as f64,
        at(50),
        at(99)
    );
    journal.close().await;
}

fn bare_syncs(dir: &std::path::Path) -> (u32, Duration) {
    let mut file = std::fs::File::create(dir.join("bare")).unwrap();
    let (started, mut syncs) = (Instant::now(), 0);
    while started.elapsed() < Duration::from_secs(1) {
        file.write_all(&[7; RECORD + 44]).unwrap();
        file.sync_data().unwrap();
        syncs += 1;
    }
    (syncs, started.elapsed())
}

/// A reader that replays from the disk, and a start that scans the newest segment.
async fn scan(parent: &std::path::Path) {
    let dir = tempfile::tempdir_in(parent).unwrap();
    let config =
        || LocalJournalConfig { segment_bytes: 1 << 30, recent_bytes: 0, ..LocalJournalConfig::default() };
    let journal = LocalJournal::open(dir.path(), config()).unwrap();
    while journal.stats().bytes < 64 << 20 {
        journal.append((0..5_000).map(|_| Bytes::from(vec![7; RECORD])).collect()).await.unwrap();
    }
    journal.close().await;
    drop(journal);
    let started = Instant::now();
    let journal = LocalJournal::open(dir.path(), config()).unwrap();
    println!(
        "a start with {} MiB in the newest segment: {:?}",
        journal.stats().bytes >> 20,
        started.elapsed()
    );
    let (started, mut next) = (Instant::now(), 0);
    while next < journal.end() {
        next = journal.read(next, 1 << 20).await.unwrap().next;
    }
    println!(
        "a replay from the disk: {:.1} M records/s",
        next as f64 / started.elapsed().as_secs_f64() / 1e6
    );
}
