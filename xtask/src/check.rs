//! Everything CI runs, cheapest first, so that a slip is told in seconds.

use std::process::Command;

use crate::{process, requirements, test, tidy, web};

#[derive(clap::Args)]
pub struct Options {
    /// Leave the tests out: formatting, lints, tidiness and licences only.
    #[arg(long)]
    without_tests: bool,
}

/// The version is pinned, so that a new release cannot turn CI red by itself.
const CARGO_DENY: &str = "0.20.2";

pub fn run(options: &Options) -> anyhow::Result<()> {
    requirements::ensure(if options.without_tests { requirements::BUILD } else { requirements::TEST })?;
    tidy::run()?;
    process::run(process::cargo().args(["fmt", "--all", "--check"]))?;
    licences()?;
    web::install()?;
    process::run(&mut web::npm(&["run", "lint"]))?;
    process::run(process::cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))?;
    if options.without_tests { Ok(()) } else { test::run(&test::Options::default()) }
}

/// Licences, bans and sources by cargo-deny, kept in the user's cache. (Advisories need a database from the network
/// and run where there is one: `cargo deny check advisories`.)
fn licences() -> anyhow::Result<()> {
    let cache = match std::env::var_os("XDG_CACHE_HOME") {
        Some(dir) => std::path::PathBuf::from(dir),
        None => {
            std::path::PathBuf::from(std::env::var_os("HOME").unwrap_or_else(|| "/tmp".into())).join(".cache")
        }
    };
    let tools = cache.join("smartsecurity/tools");
    let deny = tools.join("bin/cargo-deny");
    if !deny.exists() {
        process::run(
            process::cargo()
                .args([
                    "install",
                    "--locked",
                    "--version",
                    CARGO_DENY,
                    "cargo-deny",
                    "--no-default-features",
                    "--root",
                ])
                .arg(&tools)
                .env("CARGO_TARGET_DIR", cache.join("smartsecurity/tools-build"))
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
                .env("CARGO_PROFILE_RELEASE_LTO", "false")
                .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256"),
        )?;
        let _ = std::fs::remove_dir_all(cache.join("smartsecurity/tools-build"));
    }
    process::run(Command::new(deny).args(["check", "--hide-inclusion-graph", "licenses", "bans", "sources"]))
}
