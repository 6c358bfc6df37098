//! Measures the real server against Mosquitto: `cargo xtask bench mqtt` builds what it needs and starts it.
//!
//! In: the server's binary (`SMARTSECURITY_BIN`) and the load generator (`MQTT_LOAD_BIN`). Out: a table on standard
//! output. Both brokers get the same load, in turn, in one run; figures are medians. It judges nothing.
#![allow(clippy::print_stdout, reason = "the table is the result")]

mod answers;
mod load;
mod mosquitto;
mod weight;

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use serde_json::json;
use testbed::{Server, eventually};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
struct Options {
    /// The load generator (the broker's example `mqtt_load`)
    #[arg(long, env = "MQTT_LOAD_BIN")]
    load: PathBuf,
    /// Rounds of each load; the median counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// Publishers, window, messages.
const LOADS: [(u32, u32, u32); 3] = [(100, 64, 1_000_000), (100, 1, 200_000), (1, 64, 200_000)];

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let options = Options::parse();
    let server = Server::fresh().await?;
    let credentials = devices(&server, "load", 100).await?;
    let peer = mosquitto::Mosquitto::start().await?;

    println!(
        "QoS 1, payload 64 bytes, medians of {} rounds. smartsecurity: durable, whole path",
        options.rounds
    );
    println!(
        "(credentials, JSON, journal with fdatasync, lake, twin, rules). mosquitto: default, not durable.\n"
    );
    println!("| publishers x window | smartsecurity msg/s | p99 ms | mosquitto msg/s | p99 ms | ratio |");
    println!("|---|---|---|---|---|---|");
    let mut sent = 0_u64;
    for (publishers, window, messages) in LOADS {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..options.rounds {
            let load = load::Load { publishers, window, messages };
            ours.push(load.run(&options.load, &server.mqtt().to_string(), Some(credentials.path())).await?);
            theirs.push(load.run(&options.load, &peer.address(), None).await?);
            sent += u64::from(messages);
        }
        let (ours, theirs) = (load::median(ours), load::median(theirs));
        println!(
            "| {publishers} x {window} | {:.0} | {:.1} | {:.0} | {:.1} | {:.2} |",
            ours.per_second,
            ours.p99_ms,
            theirs.per_second,
            theirs.p99_ms,
            ours.per_second / theirs.per_second
        );
    }
    let api = server.api().await?;
    let rows = eventually("every acknowledged message is a row of the lake", testbed::DEADLINE, async || {
        let sql = json!({ "sql": "SELECT count(*) AS n FROM load" });
        let rows = api.post("/query", &sql).await.ok()?.pointer("/rows/0/0")?.as_u64()?;
        (rows >= sent).then_some(rows)
    })
    .await?;
    println!("\nsent {sent}, stored {rows} rows");
    answers::beside_load(&server, &options.load, credentials.path()).await?;
    drop(server);

    // Freed memory goes back at once, so that what connections add is not hidden in what was free already.
    let quiet = Server::builder().env("MIMALLOC_PURGE_DELAY", "0").start().await?;
    weight::idle(&quiet, &options.load).await
}

/// So many devices of a new profile, in a file as the load generator reads it.
async fn devices(server: &Server, profile: &str, count: u64) -> Result<tempfile::NamedTempFile, Failure> {
    let mut lines = String::new();
    let api = server.api().await?;
    for number in 0..count {
        let device = api.create_device(&format!("{profile} {number}"), profile).await?;
        lines.push_str(&format!("{} {}\n", device.username, device.password));
    }
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), lines)?;
    Ok(file)
}

/// Long enough for any load of ours on a slow machine.
const PATIENCE: Duration = Duration::from_secs(300);
