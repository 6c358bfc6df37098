//! The data directory's disk is really full. The server says so to everybody in their own way, loses nothing that it
//! acknowledged, and goes on by itself.
//!
//! The disk is a small tmpfs in a mount namespace of the tests' own: it goes with the process, however that ends.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::json;
use testbed::{Api, DEADLINE, NewDevice, Server, eventually};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::crash::{Acked, each_is_stored_once, send};
use crate::mqtt;
use crate::ops::{look, metric, metric_at_least, warned};

const DIRECTORY: &str = "SERVER_FULL_DISK_TEST_DIRECTORY";
const MOUNT: &str = r#"mount -t tmpfs -o size=96m tmpfs "$1" || exit 77; shift; exec "$@""#;

/// Runs an ignored test of this module on a small disk of its own.
fn on_a_small_disk(test: &str) {
    let dir = tempfile::tempdir().unwrap();
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", MOUNT, "sh"])
        .arg(dir.path())
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("full_disk::{test}"), "--ignored", "--nocapture"])
        .env(DIRECTORY, dir.path())
        .output();
    match output {
        Ok(output) if output.status.success() => {}
        Ok(output)
            if !String::from_utf8_lossy(&output.stdout).contains("running 1 test")
                && matches!(output.status.code(), Some(1 | 77)) =>
        {
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            eprintln!("SKIPPED: a small file system cannot be mounted here ({})", why.trim());
        }
        Ok(output) => {
            panic!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
        }
        Err(error) => eprintln!("SKIPPED: unshare cannot be started ({error})"),
    }
}

#[test]
fn a_nearly_full_disk_closes_the_door_and_opens_it_again() {
    on_a_small_disk("behind_the_guard");
}

#[test]
fn a_disk_without_a_single_byte_left_loses_nothing() {
    on_a_small_disk("without_a_guard");
}

/// Something else that fills the disk.
struct Ballast {
    disk: PathBuf,
    path: PathBuf,
}

impl Ballast {
    fn new(disk: &Path) -> Self {
        Self { disk: disk.to_owned(), path: disk.join("ballast") }
    }

    fn free(&self) -> u64 {
        let stat = rustix::fs::statvfs(&self.disk).unwrap();
        stat.f_bavail * stat.f_frsize
    }

    /// Leaves so much room, or as little as can be.
    fn fill(&self, leave: u64) {
        let mut file = File::options().create(true).append(true).open(&self.path).unwrap();
        let block = vec![1; 64 << 10];
        while self.free() > leave {
            let most = usize::try_from(self.free() - leave).unwrap().min(block.len());
            if file.write_all(&block[..most]).is_err() {
                return;
            }
        }
    }

    fn remove(&self) {
        std::fs::remove_file(&self.path).unwrap();
    }
}

struct Scene {
    server: Server,
    api: Api,
    oven: NewDevice,
    disk: Ballast,
    acked: Acked,
    stop: Arc<AtomicBool>,
    sender: tokio::task::JoinHandle<()>,
}

impl Scene {
    /// A server on the small disk, and a device that sends without end and repeats what was not acknowledged.
    async fn start(min_free_bytes: &str) -> Option<Self> {
        let disk = PathBuf::from(std::env::var_os(DIRECTORY)?);
        let builder = Server::builder().data(disk.join("data"));
        let builder = builder.env("SMARTSECURITY_JOURNAL__MIN_FREE_BYTES", min_free_bytes);
        let server = builder.env("SMARTSECURITY_JOURNAL__SEGMENT_BYTES", "1000000").start().await.unwrap();
        let api = server.api().await.unwrap();
        let oven = api.create_device("Oven", "oven").await.unwrap();
        let (acked, stop) = (Acked::default(), Arc::new(AtomicBool::new(false)));
        let sender = tokio::spawn(send(server.mqtt(), oven.clone(), acked.clone(), stop.clone()));
        let scene = Self { server, api, oven, disk: Ballast::new(&disk), acked, stop, sender };
        scene.more_are_acknowledged().await;
        Some(scene)
    }

    async fn more_are_acknowledged(&self) {
        let enough = self.acked.lock().len() + 200;
        let acked = eventually("messages are acknowledged", DEADLINE, async || {
            (self.acked.lock().len() >= enough).then_some(())
        });
        acked.await.unwrap();
    }

    /// The door is closed, everybody is told, and nothing is acknowledged.
    async fn is_refusing(&self) {
        metric_at_least(&self.server, "journal_refusing", 1).await;
        eventually("the door is closed", DEADLINE, async || {
            let (ready, why) = look(&self.server, "/readyz").await;
            (ready == StatusCode::SERVICE_UNAVAILABLE && why.contains("messages are refused")).then_some(())
        })
        .await
        .unwrap();
        // What was written before may still be acknowledged just now.
        let refused = metric(&self.server, "journal_refused_total").await;
        metric_at_least(&self.server, "journal_refused_total", refused + 2).await;
        let acked = self.acked.lock().len();
        metric_at_least(&self.server, "journal_refused_total", refused + 5).await;
        assert_eq!(self.acked.lock().len(), acked, "acknowledged on a full disk");
        assert_eq!(look(&self.server, "/healthz").await, (StatusCode::OK, "alive\n".to_owned()));
    }

    /// A message over HTTP gets a problem with the time for another try.
    async fn http_says_later(&self) {
        let stranger = Api::anonymous(&self.server.http());
        let request = stranger.request(Method::POST, "/telemetry").json(&json!({"seq": 1}));
        let request = request.basic_auth(&self.oven.username, Some(&self.oven.password));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert!(answer.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
        let problem: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(problem["code"], "journal_unavailable", "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains("disk is full"), "{problem}");
    }

    /// All that was acknowledged is stored, once.
    async fn all_is_kept(self) {
        self.more_are_acknowledged().await;
        self.stop.store(true, Ordering::SeqCst);
        self.sender.await.unwrap();
        let acked = self.acked.lock().clone();
        each_is_stored_once(&self.api, &acked).await;
        assert_eq!(metric(&self.server, "journal_refusing").await, 0);
        eventually("it is ready again", DEADLINE, async || {
            (look(&self.server, "/readyz").await.0 == StatusCode::OK).then_some(())
        })
        .await
        .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it is the child of a test above"]
async fn behind_the_guard() {
    let Some(mut scene) = Scene::start("33554432").await else { return };
    let quiet = scene.api.create_device("Lamp", "lamp").await.unwrap();
    scene.api.post_as(&quiet, "/telemetry", &json!({"on": true})).await.unwrap();
    scene.disk.fill(20 << 20);
    scene.is_refusing().await;
    scene.http_says_later().await;
    let said = mqtt5_goodbye(&scene.server, &scene.oven).await;
    assert_eq!(said, 0x89, "server busy");
    // A public client hears no success, however long it tries.
    let publish = mqtt::publish(&scene.server, &quiet, "telemetry", r#"{"on":false}"#);
    let heard = tokio::time::timeout(Duration::from_secs(5), publish).await;
    assert!(!matches!(heard, Ok(Ok(()))), "acknowledged on a full disk");
    let system = warned(&scene.api, "Messages are refused").await;
    let refusing = &system["journal"]["refusing"];
    assert!(refusing["reason"].as_str().unwrap().contains("MiB of disk are free"), "{refusing}");
    assert!(refusing["since"].is_string(), "{refusing}");

    // The room that is left is for what people do.
    let new = scene.api.create_device("Added meanwhile", "lamp").await.unwrap();
    let answer = scene.api.post("/query", &json!({"sql": "SELECT count(*) FROM lamp"})).await.unwrap();
    assert_eq!(answer["rows"], json!([[1]]));
    let said = scene.server.log();
    let lines = |text: &str| said.iter().filter(|line| line.contains(text)).count();
    assert_eq!(lines("the disk is nearly full"), 1, "once, not for each message");
    let noisy: Vec<_> =
        said.iter().filter(|line| line.contains(" WARN ") || line.contains("ERROR")).collect();
    assert!(noisy.len() < 20, "{noisy:#?}");

    // Ending is quick, and so is starting; it is alive, and says what is missing.
    let asked = Instant::now();
    assert!(scene.server.stop().await.unwrap().success(), "{:#?}", scene.server.log());
    assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
    scene.server.start_unready().await.unwrap();
    scene.is_refusing().await;
    let scene = Scene { api: scene.server.api().await.unwrap(), ..scene };

    scene.disk.remove();
    scene.more_are_acknowledged().await;
    scene.server.logged("the disk has room again").await.unwrap();
    scene.api.post_as(&new, "/telemetry", &json!({"on": true})).await.unwrap();
    // Nobody was to blame meanwhile.
    for device in scene.api.all("/devices").await.unwrap() {
        assert_ne!(device["connectivity"], "silent", "{device}");
    }
    scene.all_is_kept().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it is the child of a test above"]
async fn without_a_guard() {
    let Some(mut scene) = Scene::start("0").await else { return };
    scene.disk.fill(0);
    scene.is_refusing().await;
    scene.disk.fill(0);
    scene.http_says_later().await;
    assert_eq!(mqtt5_goodbye(&scene.server, &scene.oven).await, 0x89);
    warned(&scene.api, "Messages are refused").await;

    // What a person changes cannot be kept, either: precisely that is said, and nothing falls over.
    let refused = eventually("the store is full, too", DEADLINE, async || {
        let request = scene.api.request(Method::POST, "/devices").json(&json!({"name": "x".repeat(100)}));
        let answer = request.send().await.unwrap();
        (answer.status() != StatusCode::CREATED).then_some(answer)
    });
    let answer = refused.await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{:#?}", scene.server.log());
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert!(answer.headers().contains_key("retry-after"));
    let problem: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "store_full", "{problem}");
    assert!(problem["hint"].as_str().unwrap().contains("free space"), "{problem}");
    // Reading goes on.
    scene.api.get("/devices").await.unwrap();
    let answer = scene.api.post("/query", &json!({"sql": "SELECT count(*) FROM oven"})).await.unwrap();
    assert!(answer["rows"][0][0].as_u64().unwrap() > 0, "{answer}");

    scene.disk.remove();
    scene.more_are_acknowledged().await;
    scene.api.create_device("Afterwards", "lamp").await.unwrap();

    // Once more, and now it is told to end: nothing waits for a disk that stays full.
    scene.disk.fill(0);
    scene.is_refusing().await;
    let asked = Instant::now();
    assert!(scene.server.stop().await.unwrap().success(), "{:#?}", scene.server.log());
    assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
    // A database cannot be opened without any room. That is said, with what to do.
    scene.disk.fill(0);
    let refused = scene.server.start_unready().await.unwrap_err().to_string();
    assert!(refused.contains("is full") && refused.contains("free some space"), "{refused}");
    scene.disk.remove();
    scene.server.start().await.unwrap();
    scene.all_is_kept().await;
}

/// Publishes once with MQTT 5 at QoS 1; returns the reason with which the server takes its leave.
async fn mqtt5_goodbye(server: &Server, device: &NewDevice) -> u8 {
    let talk = async {
        let mut stream = TcpStream::connect(server.mqtt()).await.unwrap();
        let text =
            |text: &str| [&u16::try_from(text.len()).unwrap().to_be_bytes()[..], text.as_bytes()].concat();
        // Level 5; user name, password, a clean start; no properties.
        let mut connect = b"\0\x04MQTT\x05\xc2\0\x1e\0".to_vec();
        for part in ["goodbye", &device.username, &device.password] {
            connect.extend(text(part));
        }
        stream
            .write_all(&[&[0x10, u8::try_from(connect.len()).unwrap()], &connect[..]].concat())
            .await
            .unwrap();
        assert_eq!(packet(&mut stream).await.0, 0x20);
        let publish = [&text("telemetry")[..], &[0, 1, 0], br#"{"other":1}"#].concat();
        stream
            .write_all(&[&[0x32, u8::try_from(publish.len()).unwrap()], &publish[..]].concat())
            .await
            .unwrap();
        loop {
            match packet(&mut stream).await {
                (0xe0, body) => return body[0],
                (0x40, body) => panic!("acknowledged on a full disk: {body:?}"),
                _ => {}
            }
        }
    };
    tokio::time::timeout(DEADLINE, talk).await.expect("a goodbye")
}

/// Its first byte and its body, of a length below 16,384.
async fn packet(stream: &mut TcpStream) -> (u8, Vec<u8>) {
    let first = stream.read_u8().await.unwrap();
    let mut length = usize::from(stream.read_u8().await.unwrap());
    if length >= 128 {
        length = length - 128 + 128 * usize::from(stream.read_u8().await.unwrap());
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    (first, body)
}
