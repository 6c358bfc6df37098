//! A child process with its log, killed when dropped.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;

use parking_lot::Mutex;
use rustix::process::{Pid, Signal, kill_process};

use super::io;
use crate::{Error, Result};

pub(super) struct Process {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
}

impl Process {
    pub(super) fn start(binary: &Path, args: &[OsString], env: &[(OsString, OsString)]) -> Result<Self> {
        let mut child = command(binary, args, env)
            .stdin(Stdio::null())
            .spawn()
            .map_err(|source| io(&binary.display().to_string(), source))?;
        let log = Arc::default();
        if let Some(stdout) = child.stdout.take() {
            collect(stdout, Arc::clone(&log));
        }
        if let Some(stderr) = child.stderr.take() {
            collect(stderr, Arc::clone(&log));
        }
        Ok(Self { child, log })
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn log(&self) -> Vec<String> {
        self.log.lock().clone()
    }

    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    pub(super) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub(super) fn terminate(&mut self) -> Result<()> {
        if self.ended().is_some() {
            return Ok(());
        }
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| Error::Process("the server has no process id".to_owned()))?;
        kill_process(pid, Signal::TERM).map_err(|error| io("SIGTERM", error.into()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs a command to its end.
pub(super) async fn run(
    binary: &Path,
    args: &[OsString],
    env: &[(OsString, OsString)],
    input: &str,
) -> Result<()> {
    let failed = |source| io(&binary.display().to_string(), source);
    let mut child = command(binary, args, env).stdin(Stdio::piped()).spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).map_err(failed)?;
    }
    let waiting = tokio::task::spawn_blocking(move || child.wait_with_output());
    let output = waiting.await.map_err(|error| Error::Process(error.to_string()))?.map_err(failed)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(Error::Process(format!("{} ended with {}: {}", binary.display(), output.status, said.trim())))
}

fn command(binary: &Path, args: &[OsString], env: &[(OsString, OsString)]) -> Command {
    let mut command = Command::new(binary);
    command.args(args).envs(env.iter().map(|(name, value)| (name, value)));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn collect(stream: impl Read + Send + 'static, log: Arc<Mutex<Vec<String>>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines() {
            let Ok(line) = line else { return };
            log.lock().push(line);
        }
    });
}
