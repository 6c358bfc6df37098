//! What the server weighs: at rest, and per idle connection.

use std::path::Path;
use std::time::Duration;

use testbed::{Server, eventually};
use tokio::process::{Child, Command};

use crate::Failure;

/// The first connections bring memory into use that later ones share; what each of the others adds is its weight.
const FIRST: u64 = 2_000;
const MORE: u64 = 8_000;
/// A device may have 16 sessions.
const SESSIONS: u64 = 16;

pub async fn idle(server: &Server, generator: &Path) -> Result<(), Failure> {
    let at_rest = resident(server)?;
    let _first = hold(server, generator, "first", FIRST, FIRST).await?;
    let before = resident(server)?;
    let _more = hold(server, generator, "more", MORE, FIRST + MORE).await?;
    let after = resident(server)?;
    let each = after.saturating_sub(before) * 1024 / MORE;
    println!(
        "resident at rest {} MiB; behind the first {FIRST}, {MORE} idle connections add {each} bytes each",
        at_rest / 1024
    );
    Ok(())
}

/// Opens so many connections, waits until there are `open` in all, and keeps them until it is dropped.
async fn hold(
    server: &Server,
    generator: &Path,
    profile: &str,
    connections: u64,
    open: u64,
) -> Result<Child, Failure> {
    let credentials = crate::devices(server, profile, connections.div_ceil(SESSIONS)).await?;
    let holder = Command::new(generator)
        .args(["--address", &server.mqtt().to_string(), "--messages", "0", "--hold", "120"])
        .args(["--publishers", &connections.to_string()])
        .arg("--credentials")
        .arg(credentials.path())
        .kill_on_drop(true)
        .spawn()?;
    let api = server.api().await?;
    eventually("every idle connection is open", testbed::DEADLINE, async || {
        let known = api.get("/system").await.ok()?.get("connections")?.as_u64()?;
        (known >= open).then_some(())
    })
    .await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    Ok(holder)
}

/// Resident memory in KiB, as the kernel counts it.
fn resident(server: &Server) -> Result<u64, Failure> {
    let pid = server.pid().ok_or("the server has ended")?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.split_whitespace().nth(1).ok_or("no figure")?.parse()?)
}
