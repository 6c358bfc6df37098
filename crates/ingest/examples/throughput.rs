//! How many messages one core judges in a second: `cargo run --release -p ingest --example throughput`.
//!
//! The journal is a counter, so this is the cost of reading JSON, checking it and encoding records.

#![allow(clippy::print_stdout, reason = "an example's result")]

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use backplane::journal::{Batch, Journal, JournalError, JournalStats, Offset};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use ingest::{FieldNames, Identity, Ingest, IngestConfig, Limits, Message, NoKinds, Source, parse_telemetry};
use model::{DeviceId, SystemClock, TenantId, Timestamp};

struct Counter(AtomicU64);

impl Journal for Counter {
    fn append(&self, records: Vec<Bytes>) -> BoxFuture<'static, Result<Offset, JournalError>> {
        ready(Ok(self.0.fetch_add(records.len() as u64, Ordering::Relaxed))).boxed()
    }

    fn read(&self, from: Offset, _: usize) -> BoxFuture<'_, Result<Batch, JournalError>> {
        ready(Ok(Batch { entries: Vec::new(), next: from })).boxed()
    }

    fn first(&self) -> Offset {
        0
    }

    fn end(&self) -> Offset {
        0
    }

    fn wait_past(&self, _: Offset) -> BoxFuture<'_, ()> {
        ready(()).boxed()
    }

    fn commit<'a>(&'a self, _: &'a str, _: Offset) -> BoxFuture<'a, Result<(), JournalError>> {
        ready(Ok(())).boxed()
    }

    fn committed<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Offset>, JournalError>> {
        ready(Ok(None)).boxed()
    }

    fn readers(&self) -> Vec<(String, Offset)> {
        Vec::new()
    }

    fn stats(&self) -> JournalStats {
        JournalStats::default()
    }
}

const MESSAGES: u32 = 400_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), JournalError> {
    let payloads = [
        ("one field", r#"{"temperature":21.5}"#),
        ("with time", r#"{"ts":1763750000000,"values":{"temperature":21.5}}"#),
        (
            "ten fields",
            r#"{"ts":1763750000000,"values":{"temperature":21.5,"humidity":40.25,"co2":612,"battery":0.93,"rssi":-67,"on":true,"mode":"heat","target":22,"valve":0.4,"uptime":86400}}"#,
        ),
    ];
    for (name, payload) in payloads {
        let began = Instant::now();
        let now = Timestamp::from_millis(1_763_750_000_000);
        for _ in 0..MESSAGES {
            let _ = std::hint::black_box(parse_telemetry(
                payload.as_bytes(),
                now,
                &Limits::default(),
                &mut FieldNames::default(),
            ));
        }
        let parsing = f64::from(MESSAGES) / began.elapsed().as_secs_f64();
        let began = Instant::now();
        for _ in 0..MESSAGES {
            let _ = std::hint::black_box(serde_json::from_str::<serde_json::Value>(payload));
        }
        let tree = f64::from(MESSAGES) / began.elapsed().as_secs_f64();
        println!("{name:>10}: parsed {parsing:>9.0} /s (a serde_json tree: {tree:>9.0} /s)");
        for batch in [1_u32, 64] {
            let rate = accept(payload, batch).await?;
            println!("{name:>10}: accepted {rate:>9.0} /s in batches of {batch}");
        }
    }
    Ok(())
}

async fn accept(payload: &str, batch: u32) -> Result<f64, JournalError> {
    let journal = Arc::new(Counter(AtomicU64::new(0)));
    let ingest =
        Ingest::open(journal, Arc::new(NoKinds), Arc::new(SystemClock), IngestConfig::default()).await?;
    let source = Source { tenant: TenantId::generate(), device: DeviceId::generate(), profile: "p".into() };
    let payload = Bytes::copy_from_slice(payload.as_bytes());
    let topic: Arc<str> = "telemetry".into();
    let began = Instant::now();
    let mut packet_id = 0_u16;
    for _ in 0..MESSAGES / batch {
        let messages = (0..batch)
            .map(|_| {
                packet_id = packet_id.wrapping_add(1);
                Message {
                    topic: topic.clone(),
                    payload: payload.clone(),
                    identity: Some(Identity { packet_id, dup: false, connection: NonZeroU32::MIN }),
                }
            })
            .collect();
        ingest.accept(&source, messages).await?;
    }
    Ok(f64::from(MESSAGES / batch * batch) / began.elapsed().as_secs_f64())
}
