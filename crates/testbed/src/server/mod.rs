//! The real server in a directory and on ports of its own.

mod process;

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use process::Process;
use tempfile::TempDir;

use crate::wait::{DEADLINE, eventually};
use crate::{Api, Error, NewDevice, Result};

const EMAIL: &str = "owner@example.com";
const PASSWORD: &str = "a-long-password-for-tests";

/// How to start one. The defaults: a fresh directory, a tenant "Test" with its owner.
#[derive(Default)]
pub struct Builder {
    env: Vec<(OsString, OsString)>,
    data: Option<PathBuf>,
    without_owner: bool,
}

/// A running server. It is killed when dropped.
pub struct Server {
    process: Option<Process>,
    env: Vec<(OsString, OsString)>,
    data: PathBuf,
    http: SocketAddr,
    mqtt: SocketAddr,
    ops: SocketAddr,
    _dir: Option<TempDir>,
}

impl Builder {
    /// One more setting: `SMARTSECURITY_JOURNAL__…`.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// A directory that outlives the server.
    #[must_use]
    pub fn data(mut self, dir: impl Into<PathBuf>) -> Self {
        self.data = Some(dir.into());
        self
    }

    /// As somebody's first start is: nobody can sign in yet.
    #[must_use]
    pub fn without_owner(mut self) -> Self {
        self.without_owner = true;
        self
    }

    /// # Errors
    /// The binary is missing, does not start, or is not ready in time; the error quotes its log.
    pub async fn start(self) -> Result<Server> {
        let (data, dir) = match self.data {
            Some(data) => (data, None),
            None => {
                let dir = TempDir::new().map_err(|source| io("a directory for the server", source))?;
                (dir.path().to_owned(), Some(dir))
            }
        };
        let [http, mqtt, ops] = free_addresses()?;
        let mut env = self.env;
        for (name, address) in [
            ("SMARTSECURITY_HTTP__LISTEN", http),
            ("SMARTSECURITY_MQTT__LISTEN", mqtt),
            ("SMARTSECURITY_OPS__LISTEN", ops),
        ] {
            env.push((name.into(), address.to_string().into()));
        }
        let mut server = Server { process: None, env, data, http, mqtt, ops, _dir: dir };
        if !self.without_owner {
            server.create_owner(EMAIL, PASSWORD, "Test").await?;
        }
        server.start().await?;
        Ok(server)
    }
}

impl Server {
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// As [`Builder::start`], with the defaults; then starts a stopped one again with [`Self::start`].
    ///
    /// # Errors
    /// As [`Builder::start`].
    pub async fn fresh() -> Result<Self> {
        Self::builder().start().await
    }

    /// Starts it (again) on the same directory and ports, and waits until it is ready.
    ///
    /// # Errors
    /// As [`Builder::start`].
    pub async fn start(&mut self) -> Result<()> {
        self.start_until("/readyz").await
    }

    /// As [`Self::start`], but waits only until it answers: on a full disk it lives without being ready.
    ///
    /// # Errors
    /// As [`Builder::start`].
    pub async fn start_unready(&mut self) -> Result<()> {
        self.start_until("/healthz").await
    }

    async fn start_until(&mut self, path: &str) -> Result<()> {
        self.process = None;
        let data = self.data.as_os_str().to_owned();
        let process = Process::start(&binary()?, &["serve".into(), "--data".into(), data], &self.env)?;
        let process = self.process.insert(process);
        let ready = format!("{}{path}", url(self.http));
        let http = reqwest::Client::builder().no_proxy().build().unwrap_or_default();
        let answered = eventually("readiness", DEADLINE, async || {
            if let Some(status) = process.ended() {
                return Some(Err(Error::Process(format!(
                    "the server ended ({status}):\n{}",
                    process.log().join("\n")
                ))));
            }
            let answer = http.get(&ready).timeout(Duration::from_secs(2)).send().await.ok()?;
            answer.status().is_success().then_some(Ok(()))
        });
        answered
            .await
            .map_err(|error| Error::Process(format!("{error}; the log:\n{}", process.log().join("\n"))))?
    }

    /// Makes a tenant with its owner, with the server's own command.
    ///
    /// # Errors
    /// The command failed; the error quotes what it said.
    pub async fn create_owner(&self, email: &str, password: &str, tenant: &str) -> Result<()> {
        let args = ["owner", "create", "--email", email, "--tenant", tenant, "--password-stdin", "--data"];
        let mut args: Vec<OsString> = args.into_iter().map(Into::into).collect();
        args.push(self.data.as_os_str().to_owned());
        process::run(&binary()?, &args, &self.env, &format!("{password}\n")).await
    }

    /// Signed in as the owner that every server has.
    ///
    /// # Errors
    /// The server does not answer, or was started without an owner.
    pub async fn api(&self) -> Result<Api> {
        Api::sign_in(&self.http(), EMAIL, PASSWORD).await
    }

    /// # Errors
    /// As [`Self::api`].
    pub async fn device(&self, name: &str, profile: &str) -> Result<NewDevice> {
        self.api().await?.create_device(name, profile).await
    }

    /// The base URL of console and API.
    #[must_use]
    pub fn http(&self) -> String {
        url(self.http)
    }

    #[must_use]
    pub const fn mqtt(&self) -> SocketAddr {
        self.mqtt
    }

    /// The base URL of health and metrics.
    #[must_use]
    pub fn ops(&self) -> String {
        url(self.ops)
    }

    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// What it said since its last start, line by line.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.process.as_ref().map(Process::log).unwrap_or_default()
    }

    /// # Errors
    /// No line of the log contains `text` in time.
    pub async fn logged(&self, text: &str) -> Result<String> {
        eventually(text, DEADLINE, async || self.log().into_iter().find(|line| line.contains(text))).await
    }

    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(process) = &mut self.process {
            process.kill();
        }
    }

    /// SIGTERM, and waits for the end.
    ///
    /// # Errors
    /// It does not end in time, or does not run.
    pub async fn stop(&mut self) -> Result<ExitStatus> {
        let process =
            self.process.as_mut().ok_or_else(|| Error::Process("the server does not run".to_owned()))?;
        process.terminate()?;
        eventually("the server's end", DEADLINE, async || process.ended()).await
    }
}

/// The binary under test; building it is not our job.
fn binary() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("SMARTSECURITY_BIN") {
        return Ok(path.into());
    }
    let exe = std::env::current_exe().map_err(|source| io("the path of this program", source))?;
    let found =
        exe.ancestors().skip(1).take(3).map(|dir| dir.join("smartsecurity")).find(|path| path.is_file());
    found.ok_or_else(|| {
        Error::Process(format!(
            "no smartsecurity binary near {}: run `cargo build -p server`, or set SMARTSECURITY_BIN",
            exe.display()
        ))
    })
}

/// Free just now, which is as good as it gets; all are held until all are known, so they differ.
fn free_addresses() -> Result<[SocketAddr; 3]> {
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|source| io("a free port", source));
    let held = [listen()?, listen()?, listen()?];
    let address = |listener: &TcpListener| listener.local_addr().map_err(|source| io("a free port", source));
    let [http, mqtt, ops] = &held;
    Ok([address(http)?, address(mqtt)?, address(ops)?])
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

fn io(what: &str, source: std::io::Error) -> Error {
    Error::Io { what: what.to_owned(), source }
}
