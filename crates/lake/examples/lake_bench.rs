//! Measures the lake: points per second from the journal's records to durable Parquet, bytes per point, and a few
//! queries over the whole fleet. One JSON object per line, so that `benches/beside_duckdb.py` can be set beside it.
//!
//! `cargo run --release -p lake --example lake_bench -- [DEVICES] [ROWS PER DEVICE] [DIRECTORY]`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a measuring tool")]

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use backplane::journal::{Batch, Entry, Journal, JournalError, JournalStats, Offset};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use lake::{DeviceNames, InMemoryCatalog, Lake, LakeConfig, QueryLimits};
use model::{Body, DeviceId, Point, Record, SystemClock, SystemScope, Telemetry, TenantId, Timestamp, Value};

/// 2026-11-01T00:00:00Z.
const START_MS: i64 = 1_793_491_200_000;
const STEP_MS: i64 = 10_000;
const FIELDS: [&str; 4] = ["temperature", "humidity", "battery", "co2"];
const POINTS_PER_MESSAGE: i64 = 20;
const REPEATS: usize = 5;

pub const QUERIES: [(&str, &str); 6] = [
    ("count", "SELECT count(*) FROM sensor"),
    ("fleet_avg", "SELECT avg(temperature), max(co2), min(humidity) FROM sensor"),
    ("by_device", "SELECT device, avg(temperature), max(temperature) FROM sensor GROUP BY device"),
    ("by_hour", "SELECT date_trunc('hour', ts) AS h, avg(temperature) FROM sensor GROUP BY 1 ORDER BY 1"),
    ("filter", "SELECT count(*) FROM sensor WHERE temperature > 22.5 AND humidity < 45"),
    (
        "last_hour",
        "SELECT avg(temperature) FROM sensor WHERE ts > (SELECT max(ts) FROM sensor) - interval '1 hour'",
    ),
];

/// A journal that is all in memory, so that only the lake is measured.
struct Records(Vec<Bytes>);

impl Journal for Records {
    fn append(&self, _: Vec<Bytes>) -> BoxFuture<'static, Result<Offset, JournalError>> {
        async { Err(JournalError::Closed) }.boxed()
    }

    fn read(&self, from: Offset, max_bytes: usize) -> BoxFuture<'_, Result<Batch, JournalError>> {
        let mut bytes = 0;
        let mut entries = Vec::new();
        let start = usize::try_from(from).unwrap();
        for (record, offset) in self.0.iter().skip(start).zip(from..) {
            if bytes > max_bytes {
                break;
            }
            bytes += record.len();
            entries.push(Entry { offset, bytes: record.clone() });
        }
        let next = from + entries.len() as u64;
        async move { Ok(Batch { entries, next }) }.boxed()
    }

    fn first(&self) -> Offset {
        0
    }

    fn end(&self) -> Offset {
        self.0.len() as u64
    }

    fn wait_past(&self, _: Offset) -> BoxFuture<'_, ()> {
        std::future::pending().boxed()
    }

    fn commit<'a>(&'a self, _: &'a str, _: Offset) -> BoxFuture<'a, Result<(), JournalError>> {
        async { Ok(()) }.boxed()
    }

    fn committed<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Offset>, JournalError>> {
        async { Ok(None) }.boxed()
    }

    fn readers(&self) -> Vec<(String, Offset)> {
        Vec::new()
    }

    fn stats(&self) -> JournalStats {
        JournalStats::default()
    }
}

struct Nameless;

impl DeviceNames for Nameless {
    fn names(&self, _: TenantId) -> Arc<HashMap<DeviceId, String>> {
        Arc::default()
    }
}

/// A sensor's day: smooth curves with a little noise, in the decimals that sensors send.
fn values(device: usize, step: i64) -> Vec<(Arc<str>, Value)> {
    let at = step as f64 * STEP_MS as f64 / 86_400_000.0 * std::f64::consts::TAU;
    let mut seed = (device as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ (step as u64).wrapping_mul(0xd1b5_4a32_d192_ed03);
    let mut noise = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % 1000) as f64 / 1000.0 - 0.5
    };
    let round = |value: f64, scale: f64| (value * scale).round() / scale;
    let shift = device as f64 % 7.0;
    let numbers = [
        round(20.0 + shift / 3.0 + 2.5 * at.sin() + 0.3 * noise(), 100.0),
        round(50.0 + 8.0 * (at + 1.0).cos() + noise(), 10.0),
        round(100.0 - step as f64 / 5_000.0, 10.0),
        (600.0 + 150.0 * (at * 3.0).sin() + 20.0 * noise()).round(),
    ];
    FIELDS.iter().zip(numbers).map(|(name, value)| ((*name).into(), Value::Number(value))).collect()
}

fn records(tenant: TenantId, devices: usize, rows: i64) -> Vec<Bytes> {
    let ids: Vec<DeviceId> = (0..devices).map(|_| DeviceId::generate()).collect();
    let mut records = Vec::new();
    for first in (0..rows).step_by(POINTS_PER_MESSAGE as usize) {
        for (device, id) in ids.iter().enumerate() {
            let points = (first..(first + POINTS_PER_MESSAGE).min(rows)).map(|step| Point {
                ts: Timestamp::from_millis(START_MS + step * STEP_MS),
                values: values(device, step),
            });
            let body = Body::Telemetry(Telemetry::of("sensor", points.collect()));
            let record = Record { tenant, device: Some(*id), at: Timestamp::from_millis(START_MS), body };
            records.push(record.encode().unwrap());
        }
    }
    records
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let devices: usize = arguments.first().map_or(200, |text| text.parse().expect("devices"));
    let rows: i64 = arguments.get(1).map_or(17_280, |text| text.parse().expect("rows"));
    let directory = arguments.get(2).cloned().unwrap_or_else(|| "lake-bench".to_owned());
    let tenant = TenantId::generate();
    let journal = Arc::new(Records(records(tenant, devices, rows)));
    let points = devices as u64 * rows as u64 * FIELDS.len() as u64;

    let lake = Lake::open(
        LakeConfig { flush_rows: 500_000, ..LakeConfig::default() },
        directory.clone().into(),
        Arc::new(InMemoryCatalog::default()),
        journal,
        Arc::new(Nameless),
        Arc::new(SystemClock),
    )
    .await
    .unwrap();
    let begun = Instant::now();
    let stop = tokio_util::sync::CancellationToken::new();
    let running = tokio::spawn(Arc::clone(&lake).run(stop.clone()));
    lake.flush().await.unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    stop.cancel();
    running.await.unwrap();
    let stats = lake.stats();
    println!(
        "{}",
        serde_json::json!({
            "what": "ingest", "engine": "lake", "points": points, "rows": stats.rows, "seconds": seconds,
            "points_per_second": points as f64 / seconds, "bytes_per_point": stats.bytes as f64 / points as f64,
            "files": stats.files, "directory": directory,
        })
    );

    let begun = Instant::now();
    lake.maintain().await.unwrap();
    println!(
        "{}",
        serde_json::json!({"what": "compaction", "engine": "lake", "seconds": begun.elapsed().as_secs_f64(),
            "files": lake.stats().files, "bytes_per_point": lake.stats().bytes as f64 / points as f64})
    );

    let scope = SystemScope::because("benchmark").within(tenant);
    for (name, sql) in QUERIES {
        let mut best = f64::MAX;
        for _ in 0..REPEATS {
            let begun = Instant::now();
            lake.query(&scope, sql, QueryLimits::default()).await.unwrap();
            best = best.min(begun.elapsed().as_secs_f64());
        }
        println!(
            "{}",
            serde_json::json!({"what": "query", "engine": "lake", "query": name, "sql": sql, "seconds": best})
        );
    }
}
