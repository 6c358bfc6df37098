//! The system with a simulated fleet, for somebody who has just cloned the repository.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::{browser, process, requirements, web};

#[derive(clap::Args)]
pub struct Options {
    /// Where the demo keeps its data; kept between runs. Delete it to start anew.
    #[arg(long, default_value = "target/demo")]
    data: PathBuf,
    /// Address of the console and the API.
    #[arg(long, default_value = "127.0.0.1:8080")]
    http: String,
    /// Address that devices connect to.
    #[arg(long, default_value = "127.0.0.1:1883")]
    mqtt: String,
    /// How many simulated devices.
    #[arg(long, default_value_t = 200)]
    devices: u32,
    /// Prepare everything, show that it answers, and stop (for scripts).
    #[arg(long)]
    once: bool,
}

const EMAIL: &str = "demo@example.com";

pub fn run(options: &Options) -> anyhow::Result<()> {
    let started = Instant::now();
    requirements::ensure(requirements::BUILD)?;
    web::build()?;
    let binary = browser::server_binary()?;
    let fleet = process::target_dir()?.join("debug/fleet");
    println!("built in {:.0} s", started.elapsed().as_secs_f64());

    let password = password(options)?;
    let mut server = Child(
        Command::new(&binary)
            .args(["serve", "--data"])
            .arg(&options.data)
            .env("SMARTSECURITY_HTTP__LISTEN", &options.http)
            .env("SMARTSECURITY_MQTT__LISTEN", &options.mqtt)
            .env("SMARTSECURITY_OPS__LISTEN", "127.0.0.1:0")
            .env("SMARTSECURITY_DEMO__ENABLED", "true")
            .env("SMARTSECURITY_LOG__LEVEL", "warn")
            .stdout(Stdio::null())
            .spawn()
            .context("could not start the server")?,
    );
    wait_until_ready(&mut server, &options.http)?;

    println!(
        "\n  SmartSecurity Cloud demo, with a simulated fleet\n\n  console   http://{}\n  sign in   {EMAIL}\n  password  {password}\n  devices   mqtt://{}\n  data      {}\n\n  Ctrl-C stops it.\n",
        options.http,
        options.mqtt,
        options.data.display()
    );
    let mut simulator = Child(
        Command::new(&fleet)
            .args(["--server", &format!("http://{}", options.http), "--email", EMAIL, "--password-stdin"])
            .args(["--devices", &options.devices.to_string()])
            .args(options.once.then_some("--once"))
            .stdin(Stdio::piped())
            .spawn()
            .context("could not start the simulated fleet")?,
    );
    if let Some(mut stdin) = simulator.0.stdin.take() {
        writeln!(stdin, "{password}")?;
    }
    loop {
        if let Some(status) = server.0.try_wait()? {
            bail!("the server ended by itself ({status}); its log is above");
        }
        if let Some(status) = simulator.0.try_wait()? {
            if options.once && status.success() {
                return Ok(());
            }
            bail!("the simulated fleet ended by itself ({status})");
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The demo's owner gets a random password that is kept beside the demo's data, since it has no default one either.
fn password(options: &Options) -> anyhow::Result<String> {
    std::fs::create_dir_all(&options.data)?;
    let file = options.data.join("demo-password");
    if let Ok(password) = std::fs::read_to_string(&file) {
        return Ok(password.trim().to_owned());
    }
    let mut random = [0u8; 12];
    std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom")?, &mut random)?;
    let password: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let binary = process::target_dir()?.join("debug/smartsecurity");
    let mut create = Command::new(binary)
        .args(["owner", "create", "--email", EMAIL, "--tenant", "Demo", "--password-stdin", "--data"])
        .arg(&options.data)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    if let Some(mut stdin) = create.stdin.take() {
        writeln!(stdin, "{password}")?;
    }
    if !create.wait()?.success() {
        bail!("could not create the demo's owner");
    }
    std::fs::write(&file, &password)?;
    Ok(password)
}

fn wait_until_ready(server: &mut Child, http: &str) -> anyhow::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while Instant::now() < deadline {
        if let Some(status) = server.0.try_wait()? {
            bail!("the server did not start ({status}); its log is above");
        }
        if ready(http) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!("the server was not ready within 30 s")
}

fn ready(http: &str) -> bool {
    use std::io::Read;
    let Ok(mut stream) = std::net::TcpStream::connect(http) else { return false };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
    let mut answer = [0u8; 12];
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {http}\r\nConnection: close\r\n\r\n").is_ok()
        && stream.read_exact(&mut answer).is_ok()
        && answer.ends_with(b"200")
}

/// Ends with us, so that Ctrl-C or an error leaves nothing behind.
struct Child(std::process::Child);

impl Drop for Child {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        let pid = self.0.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline {
            if let Ok(Some(_)) = self.0.try_wait() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.0.kill();
    }
}
