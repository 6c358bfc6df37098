//! Debian's Mosquitto on a free port, as its package configures it but for the port: nothing is made durable.

use std::process::Stdio;

use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::Failure;

pub struct Mosquitto {
    _child: Child,
    _config: tempfile::NamedTempFile,
    port: u16,
}

impl Mosquitto {
    pub async fn start() -> Result<Self, Failure> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let config = tempfile::Builder::new().suffix(".conf").tempfile()?;
        // Without these limits lifted it drops what a window of 64 holds open.
        std::fs::write(
            config.path(),
            format!(
                "listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 0\nmax_queued_messages 0\nlog_type error\n"
            ),
        )?;
        let child = Command::new("/usr/sbin/mosquitto")
            .arg("-c")
            .arg(config.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                format!("mosquitto does not start ({error}); install Debian's package mosquitto")
            })?;
        testbed::eventually("mosquitto listens", testbed::DEADLINE, async || {
            TcpStream::connect(("127.0.0.1", port)).await.ok()
        })
        .await?;
        Ok(Self { _child: child, _config: config, port })
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}
