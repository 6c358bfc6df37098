//! What the server weighs: at rest, and per idle connection.

use std::path::Path;
use std::time::Duration;

use testbed::{Server, eventually};
use tokio::process::Command;

use crate::Failure;

const CONNECTIONS: u64 = 5_000;
/// A device may have 16 sessions.
pub const DEVICES: u64 = CONNECTIONS.div_ceil(16);

pub async fn idle(server: &Server, generator: &Path, credentials: &Path) -> Result<(), Failure> {
    let before = resident(server)?;
    let mut holder = Command::new(generator)
        .args(["--address", &server.mqtt().to_string(), "--messages", "0", "--hold", "120"])
        .args(["--publishers", &CONNECTIONS.to_string()])
        .arg("--credentials")
        .arg(credentials)
        .kill_on_drop(true)
        .spawn()?;
    let api = server.api().await?;
    eventually("every idle connection is open", testbed::DEADLINE, async || {
        let open = api.get("/system").await.ok()?.get("connections")?.as_u64()?;
        (open >= CONNECTIONS).then_some(())
    })
    .await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let after = resident(server)?;
    holder.kill().await?;
    let each = after.saturating_sub(before) * 1024 / CONNECTIONS;
    println!("resident at rest {} MiB; {CONNECTIONS} idle connections add {each} bytes each", before / 1024);
    Ok(())
}

/// Resident memory in KiB, as the kernel counts it.
fn resident(server: &Server) -> Result<u64, Failure> {
    let pid = server.pid().ok_or("the server has ended")?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.split_whitespace().nth(1).ok_or("no figure")?.parse()?)
}
