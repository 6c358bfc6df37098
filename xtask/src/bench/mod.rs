//! Measurements against a peer in the same run. Nothing here judges; `docs/benchmarks.md` records what was seen.

mod lake;
mod mqtt;

use clap::Subcommand;

#[derive(clap::Args)]
pub struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Durable QoS 1 ingest, whole path, against Mosquitto without durability.
    Mqtt(mqtt::Options),
    /// Ingest, size and queries of the lake, against DuckDB on the same rows.
    Lake(lake::Options),
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    match &options.what {
        What::Mqtt(options) => mqtt::run(options),
        What::Lake(options) => lake::run(options),
    }
}
