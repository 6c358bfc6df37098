//! The repository's own commands, so that nobody needs to remember a sequence of tools: `cargo xtask --help`.
//!
//! Every command installs what it needs on Debian as root and otherwise says exactly what is missing. Nothing here
//! ships with the product.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "these are commands: their output is their purpose"
)]

mod bench;
mod browser;
mod check;
mod demo;
mod phrases;
mod process;
mod requirements;
mod test;
mod tidy;
mod web;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The commands of this repository")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the system with a simulated fleet and print where to look.
    Demo(demo::Options),
    /// Run every test: Rust, console, and the end-to-end stories in Chromium.
    Test(test::Options),
    /// Everything CI runs: formatting, lints, tidiness, licences, then every test.
    Check(check::Options),
    /// Check the repository's own rules: who may depend on whom, file sizes, names.
    Tidy,
    /// Collect what the server says to people, for the console's languages.
    Phrases,
    /// Measure against a peer in the same run.
    Bench(bench::Options),
    /// Walk the console's stories in Chromium (part of `test`).
    E2e {
        /// Only the stories whose name contains this.
        #[arg(long)]
        only: Option<String>,
    },
    /// Photograph every screen: phone and desktop, light and dark, English and French.
    Screenshots {
        /// Where the pictures go.
        #[arg(long, default_value = "target/screenshots")]
        out: PathBuf,
    },
    /// Install what the other commands need (Debian, as root), or say what is missing.
    Setup,
}

fn main() -> anyhow::Result<()> {
    let root = process::repository_root()?;
    std::env::set_current_dir(&root)?;
    match Cli::parse().command {
        Command::Demo(options) => demo::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Check(options) => check::run(&options),
        Command::Tidy => tidy::run(),
        Command::Phrases => phrases::write(),
        Command::Bench(options) => bench::run(&options),
        Command::E2e { only } => browser::stories(only.as_deref()),
        Command::Screenshots { out } => browser::screenshots(&out),
        Command::Setup => requirements::ensure(requirements::ALL),
    }
}
