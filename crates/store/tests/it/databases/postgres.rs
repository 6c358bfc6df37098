//! A PostgreSQL server for this test process: started on first use, reached through a socket in its own directory (so
//! that no port can clash), and gone with the process, however that ends.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const ADVICE: &str = "these tests need a real PostgreSQL 15 or newer, and do not skip without one. \
    On Debian: apt-get install postgresql. Elsewhere, put initdb, postgres and createdb in the PATH.";

/// Prepares a directory, says where it is, and serves from it until standard input ends: that happens when the test
/// process is gone, even when it was killed.
const SCRIPT: &str = r#"
set -e
trap '' INT HUP
dir=$(mktemp -d /tmp/smartsecurity-pg-XXXXXX)
chmod 755 "$dir"
"$1/initdb" -D "$dir/data" -A trust -U postgres -E UTF8 --no-locale --no-sync >"$dir/initdb.log" 2>&1 \
    || { cat "$dir/initdb.log" >&2; exit 1; }
"$1/postgres" -D "$dir/data" -k "$dir" -F -c listen_addresses= -c max_connections=400 \
    -c shared_buffers=32MB >"$dir/server.log" 2>&1 </dev/null &
server=$!
echo "$dir"
cat >/dev/null || true
kill -INT $server 2>/dev/null || true
wait $server || true
rm -rf "$dir"
"#;

struct Server {
    bin: PathBuf,
    directory: PathBuf,
    // Holds the script's standard input open.
    _process: Child,
}

/// Makes an empty database and returns its URL.
pub fn new_database() -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = SERVER.get_or_init(start);
    let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let made = createdb(server, &name).output().expect(ADVICE);
    assert!(made.status.success(), "createdb: {}", String::from_utf8_lossy(&made.stderr));
    let socket = server.directory.display().to_string().replace('/', "%2F");
    format!("postgres://postgres@localhost/{name}?host={socket}")
}

fn createdb(server: &Server, name: &str) -> Command {
    let mut command = Command::new(server.bin.join("createdb"));
    command.arg("-h").arg(&server.directory).args(["-U", "postgres", name]);
    command
}

fn start() -> Server {
    let bin = find_bin();
    let mut process = as_unprivileged()
        .args(["sh", "-c", SCRIPT, "postgres-for-tests"])
        .arg(&bin)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect(ADVICE);
    let mut directory = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut directory).unwrap();
    assert!(!directory.trim().is_empty(), "PostgreSQL did not start; its own words are above. {ADVICE}");
    let server = Server { bin, directory: PathBuf::from(directory.trim()), _process: process };
    wait_until_ready(&server);
    server
}

fn wait_until_ready(server: &Server) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let ready = Command::new(server.bin.join("pg_isready"))
            .arg("-q")
            .arg("-h")
            .arg(&server.directory)
            .status()
            .expect(ADVICE);
        if ready.success() {
            return;
        }
        let log = server.directory.join("server.log");
        assert!(
            Instant::now() < deadline,
            "PostgreSQL is not ready after a minute: {}",
            std::fs::read_to_string(log).unwrap_or_default()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Debian keeps the server's programs out of the PATH, in a directory of each version.
fn find_bin() -> PathBuf {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = debian
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    versions
        .into_iter()
        .rev()
        .map(|(_, bin)| bin)
        .chain(std::env::split_paths(&path))
        .find(|bin| bin.join("initdb").is_file())
        .expect(ADVICE)
}

/// PostgreSQL refuses to run as root.
fn as_unprivileged() -> Command {
    let is_root =
        std::fs::metadata("/proc/self").is_ok_and(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0);
    if !is_root {
        return Command::new("env");
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = if users.lines().any(|line| line.starts_with("postgres:")) { "postgres" } else { "nobody" };
    let runuser = ["/usr/sbin/runuser", "/sbin/runuser"].into_iter().find(|path| Path::new(path).is_file());
    let mut command = Command::new(runuser.expect("as root, these tests need runuser (Debian: util-linux)"));
    command.args(["-u", user, "--"]);
    command
}
