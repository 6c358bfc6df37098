//! `cargo xtask bench mqtt`: builds the server and the load in release mode and runs `testbed`'s bench.

use std::process::Command;

use crate::{process, requirements};

#[derive(clap::Args)]
pub struct Options {
    /// Rounds of each load; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    requirements::ensure(requirements::BENCH)?;
    let packages = ["--package", "server", "--package", "testbed", "--package", "broker"];
    process::run(process::cargo().args(["build", "--release", "--locked"]).args(packages).args([
        "--bins",
        "--example",
        "mqtt_load",
    ]))?;
    let release = process::target_dir()?.join("release");
    process::run(
        Command::new(release.join("bench"))
            .args(["--rounds", &options.rounds.to_string()])
            .env("SMARTSECURITY_BIN", release.join("smartsecurity"))
            .env("MQTT_LOAD_BIN", release.join("examples/mqtt_load")),
    )
}
