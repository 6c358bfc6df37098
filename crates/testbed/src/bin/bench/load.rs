//! One run of the load generator.

use std::path::Path;

use serde_json::Value as Json;
use tokio::process::Command;

use crate::{Failure, PATIENCE};

pub struct Load {
    pub publishers: u32,
    pub window: u32,
    pub messages: u32,
}

#[derive(Clone, Copy)]
pub struct Figures {
    pub per_second: f64,
    pub p99_ms: f64,
}

impl Load {
    pub async fn run(
        &self,
        generator: &Path,
        address: &str,
        credentials: Option<&Path>,
    ) -> Result<Figures, Failure> {
        let mut command = Command::new(generator);
        command
            .args(["--address", address])
            .args(["--publishers", &self.publishers.to_string()])
            .args(["--window", &self.window.to_string()])
            .args(["--messages", &self.messages.to_string()])
            .kill_on_drop(true);
        if let Some(file) = credentials {
            command.arg("--credentials").arg(file);
        }
        let output = tokio::time::timeout(PATIENCE, command.output()).await??;
        if !output.status.success() {
            return Err(format!("the load failed: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let result: Json = serde_json::from_slice(&output.stdout)?;
        let figure =
            |pointer| result.pointer(pointer).and_then(Json::as_f64).ok_or("the load printed no figure");
        Ok(Figures { per_second: figure("/messages_per_second")?, p99_ms: figure("/ack_ms/p99")? })
    }
}

/// The run in the middle, by rate.
pub fn median(mut runs: Vec<Figures>) -> Figures {
    runs.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    runs.get(runs.len() / 2).copied().unwrap_or(Figures { per_second: f64::NAN, p99_ms: f64::NAN })
}
