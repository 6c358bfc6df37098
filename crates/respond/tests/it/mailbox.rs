//! A real SMTP server for tests: aiosmtpd from PyPI, in a virtual environment that is made once and kept.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Mutex;

const SERVER: &str = r#"
import asyncio, email, email.policy, json, sys
from aiosmtpd.smtp import SMTP

class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 there is no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"
    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        print(json.dumps({
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "headers": {k.lower(): str(v) for k, v in message.items()},
            "plain": message.get_body(("plain",)).get_content(), "html": message.get_body(("html",)).get_content(),
        }), flush=True)
        return "250 taken"

async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler()), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)

asyncio.run(serve())
"#;

pub struct Mailbox {
    pub port: u16,
    lines: Mutex<BufReader<ChildStdout>>,
    process: Child,
}

impl Mailbox {
    pub fn start() -> Self {
        let mut process = Command::new(environment().join("bin/python"))
            .args(["-c", SERVER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut port = String::new();
        lines.read_line(&mut port).unwrap();
        Self {
            port: port.trim().parse().expect("the mail server did not start"),
            lines: Mutex::new(lines),
            process,
        }
    }

    /// The next message; waits for it.
    pub fn next(&self) -> serde_json::Value {
        let mut line = String::new();
        self.lines.lock().unwrap().read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn environment() -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("aiosmtpd-1.4.6");
    if place.join("ready").exists() {
        return place;
    }
    let run = |command: &mut Command| {
        let done = command.output().expect("python3 is needed for a mail server to test with");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    run(Command::new("python3").args(["-m", "venv"]).arg(&place));
    run(Command::new(place.join("bin/pip")).args(["install", "--quiet", "aiosmtpd==1.4.6"]));
    std::fs::write(place.join("ready"), "").unwrap();
    place
}
