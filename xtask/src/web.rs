//! Building and checking the console.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use crate::process;

const DIST: &str = "web/console/dist/index.html";

pub fn npm(args: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command
        .args(args)
        .current_dir("web")
        .env("NO_UPDATE_NOTIFIER", "1")
        .env("npm_config_fund", "false")
        .env("npm_config_audit", "false");
    command
}

/// Installs the locked packages, unless that has been done for this lock file.
pub fn install() -> anyhow::Result<()> {
    let lock = modified("web/package-lock.json");
    let installed = modified("web/node_modules/.package-lock.json");
    if installed.is_some() && installed >= lock {
        return Ok(());
    }
    process::run(&mut npm(&["ci", "--no-audit", "--no-fund"]))
}

/// Builds the console when its sources are newer than what was built.
pub fn build() -> anyhow::Result<()> {
    install()?;
    let newest =
        ["web/console", "web/ui", "web/client"].iter().filter_map(|dir| newest_below(Path::new(dir))).max();
    if let (Some(built), Some(newest)) = (modified(DIST), newest)
        && built >= newest
    {
        return Ok(());
    }
    process::run(&mut npm(&["run", "build"]))
}

fn modified(path: impl AsRef<Path>) -> Option<SystemTime> {
    path.as_ref().metadata().ok()?.modified().ok()
}

fn newest_below(dir: &Path) -> Option<SystemTime> {
    std::fs::read_dir(dir)
        .ok()?
        .flatten()
        .filter(|entry| !matches!(entry.file_name().to_str(), Some("node_modules" | "dist")))
        .filter_map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => newest_below(&entry.path()),
            _ => modified(entry.path()),
        })
        .max()
}
