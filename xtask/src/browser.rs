//! The console in a real Chromium: the end-to-end stories and the photographs of every screen.

use std::path::{Path, PathBuf};

use crate::{process, requirements, web};

/// Builds the server and returns where it is.
pub fn server_binary() -> anyhow::Result<PathBuf> {
    process::run(process::cargo().args([
        "build",
        "--locked",
        "--package",
        "server",
        "--package",
        "testbed",
        "--bins",
    ]))?;
    Ok(process::target_dir()?.join("debug/smartsecurity"))
}

pub fn stories(only: Option<&str>) -> anyhow::Result<()> {
    let binary = prepare()?;
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
