//! `cargo xtask bench lake`: the lake's own measurement, then DuckDB on the same files and rows.

use std::fs::File;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::{process, requirements};

#[derive(clap::Args)]
pub struct Options {
    /// Simulated devices.
    #[arg(long, default_value_t = 1000)]
    devices: u32,
    /// Rows of each device, four fields a row.
    #[arg(long, default_value_t = 2000)]
    rows: u32,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    requirements::ensure(requirements::BENCH)?;
    process::run(process::cargo().args([
        "build",
        "--release",
        "--locked",
        "--package",
        "lake",
        "--example",
        "lake_bench",
    ]))?;
    let target = process::target_dir()?;
    let venv = target.join("bench-venv");
    if !venv.join("bin/python").exists() {
        process::run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
        process::run(Command::new(venv.join("bin/pip")).args(["install", "--quiet", "duckdb", "pytz"]))?;
    }
    let dir = target.join("bench-lake");
    let _ = std::fs::remove_dir_all(&dir);
    let lines = target.join("bench-lake.jsonl");
    let measured = Command::new(target.join("release/examples/lake_bench"))
        .args([options.devices.to_string(), options.rows.to_string()])
        .arg(&dir)
        .stdout(File::create(&lines)?)
        .status()
        .context("could not start lake_bench")?;
    if !measured.success() {
        bail!("lake_bench failed ({measured})");
    }
    process::run(
        Command::new(venv.join("bin/python"))
            .arg("crates/lake/benches/beside_duckdb.py")
            .stdin(Stdio::from(File::open(&lines)?)),
    )
}
