//! The console in a real Chromium: the end-to-end stories and the photographs of every screen.

use std::path::{Path, PathBuf};

use crate::{process, requirements, web};

/// Builds the server and the simulated fleet, and returns where the server is. The whole workspace is always selected:
/// with another selection cargo chooses other features, and compiles the giants a second time.
pub fn server_binary() -> anyhow::Result<PathBuf> {
    process::run(process::cargo().args(["build", "--locked", "--workspace", "--bins"]))?;
    built()
}

/// The server that an earlier command built, `cargo test` for one.
fn built() -> anyhow::Result<PathBuf> {
    Ok(process::target_dir()?.join("debug/smartsecurity"))
}

pub fn stories(only: Option<&str>) -> anyhow::Result<()> {
    walk(only, &prepare()?)
}

/// The same with the binary that the tests have just built.
pub fn stories_of_built() -> anyhow::Result<()> {
    walk(None, &built()?)
}

fn walk(only: Option<&str>, binary: &Path) -> anyhow::Result<()> {
    let mut command = web::npm(&["run", "stories", "--workspace", "e2e"]);
    command.env("SMARTSECURITY_BIN", binary);
    if let Some(only) = only {
        command.args(["--", "--only", only]);
    }
    process::run(&mut command)
}

pub fn screenshots(out: &Path) -> anyhow::Result<()> {
    let binary = prepare()?;
    std::fs::create_dir_all(out)?;
    let out = out.canonicalize()?;
    let fleet = process::target_dir()?.join("debug/fleet");
    process::run(
        web::npm(&["run", "screenshots", "--workspace", "e2e"])
            .env("SMARTSECURITY_BIN", binary)
            .env("SMARTSECURITY_FLEET_BIN", fleet)
            .env("SCREENSHOTS_DIR", &out),
    )?;
    println!("screenshots are in {}", out.display());
    Ok(())
}

fn prepare() -> anyhow::Result<PathBuf> {
    requirements::ensure(requirements::TEST)?;
    web::build()?;
    server_binary()
}
