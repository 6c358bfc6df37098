//! Killed again and again under load: what was acknowledged is there, and nothing is there twice.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::json;
use testbed::{Api, DEADLINE, NewDevice, Server, eventually};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const KILLS: usize = 20;
/// How many messages must have been acknowledged between two kills, so that every kill hits a busy server.
const PER_KILL: usize = 60;
const WINDOW: usize = 20;

/// Numbers that the server acknowledged.
pub type Acked = Arc<Mutex<BTreeSet<u64>>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_message_is_lost_and_none_is_stored_twice() {
    let mut server = Server::fresh().await.unwrap();
    let device = server.device("Oven", "oven").await.unwrap();
    let (acked, stop) = (Acked::default(), Arc::new(AtomicBool::new(false)));
    let sender = tokio::spawn(send(server.mqtt(), device.clone(), acked.clone(), stop.clone()));
    for kill in 1..=KILLS {
        let enough = kill * PER_KILL;
        eventually("messages are acknowledged", DEADLINE, async || {
            (acked.lock().len() >= enough).then_some(())
        })
        .await
        .unwrap();
        server.kill();
        server.start().await.unwrap();
    }
    stop.store(true, Ordering::SeqCst);
    sender.await.unwrap();

    let acked = acked.lock().clone();
    each_is_stored_once(&server.api().await.unwrap(), &acked).await;
}

/// Every acknowledged number is a row of the table `oven`, and none of them is there twice.
pub async fn each_is_stored_once(api: &Api, acked: &BTreeSet<u64>) {
    let sql =
        json!({"sql": "SELECT count(*) AS rows, count(DISTINCT seq) AS numbers, max(seq) AS last FROM oven"});
    let wanted = acked.len() as u64;
    let answer = eventually("everything acknowledged can be queried", DEADLINE, async || {
        let row = api.post("/query", &sql).await.ok()?["rows"][0].clone();
        (row[1].as_f64()? as u64 >= wanted).then_some(row)
    });
    let row = answer.await.unwrap();
    assert_eq!(row[0], row[1], "rows and distinct numbers: something is stored twice");
    let mut stored = BTreeSet::new();
    for from in (0..=row[2].as_f64().unwrap() as u64).step_by(5_000) {
        let sql = format!("SELECT seq FROM oven WHERE seq >= {from} AND seq < {}", from + 5_000);
        let answer = api.post("/query", &json!({"sql": sql})).await.unwrap();
        let numbers = answer["rows"].as_array().unwrap().iter();
        stored.extend(numbers.map(|row| row[0].as_f64().unwrap() as u64));
    }
    let lost: Vec<_> = acked.difference(&stored).collect();
    assert!(lost.is_empty(), "acknowledged, but not stored: {lost:?}");
}

/// Sends numbered messages at QoS 1 until told to stop, and goes on until all of them are acknowledged.
pub async fn send(address: SocketAddr, device: NewDevice, acked: Acked, stop: Arc<AtomicBool>) {
    let mut client = Client { device, unacked: BTreeMap::new(), seq: 0, packet_id: 0 };
    while !(stop.load(Ordering::SeqCst) && client.unacked.is_empty()) {
        // Whatever went wrong, the server was killed: connect again until it is back.
        if client.run(address, &acked, &stop).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The least that MQTT 3.1.1 asks of a client that does not lose messages: what was not acknowledged is sent again
/// after each reconnect, in order, under its old packet id and with the DUP flag.
struct Client {
    device: NewDevice,
    unacked: BTreeMap<u64, u16>,
    seq: u64,
    packet_id: u16,
}

impl Client {
    async fn run(&mut self, address: SocketAddr, acked: &Acked, stop: &AtomicBool) -> io::Result<()> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(&connect(&self.device)).await?;
        let mut answer = [0; 4];
        stream.read_exact(&mut answer).await?;
        assert_eq!((answer[0], answer[3]), (0x20, 0), "not let in");
        for (seq, packet_id) in &self.unacked {
            stream.write_all(&publish(*seq, *packet_id, true)).await?;
        }
        loop {
            while self.unacked.len() < WINDOW && !stop.load(Ordering::SeqCst) {
                self.packet_id = self.packet_id.checked_add(1).unwrap_or(1);
                let seq = self.seq;
                self.seq += 1;
                self.unacked.insert(seq, self.packet_id);
                stream.write_all(&publish(seq, self.packet_id, false)).await?;
            }
            if self.unacked.is_empty() {
                return Ok(());
            }
            stream.read_exact(&mut answer).await?;
            assert_eq!(answer[0], 0x40, "a PUBACK");
            let packet_id = u16::from_be_bytes([answer[2], answer[3]]);
            let (&seq, _) = self.unacked.iter().find(|(_, id)| **id == packet_id).expect("an open packet id");
            self.unacked.remove(&seq);
            acked.lock().insert(seq);
        }
    }
}

fn connect(device: &NewDevice) -> Vec<u8> {
    // Protocol level 4; user name and password; a session that goes on; keep-alive of 30 s.
    let mut body = b"\0\x04MQTT\x04\xc0\0\x1e".to_vec();
    for text in ["oven", &device.username, &device.password] {
        body.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
        body.extend(text.as_bytes());
    }
    packet(0x10, &body)
}

fn publish(seq: u64, packet_id: u16, again: bool) -> Vec<u8> {
    let mut body = b"\0\x09telemetry".to_vec();
    body.extend(packet_id.to_be_bytes());
    body.extend(format!(r#"{{"seq":{seq}}}"#).into_bytes());
    packet(if again { 0x3a } else { 0x32 }, &body)
}

fn packet(head: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![head];
    let mut length = body.len();
    loop {
        let low = u8::try_from(length % 128).unwrap();
        length /= 128;
        packet.push(if length > 0 { low | 0x80 } else { low });
        if length == 0 {
            break;
        }
    }
    packet.extend(body);
    packet
}
