//! Load for any MQTT 3.1.1 broker: publishers that keep a window of QoS 1 messages open.
//!
//! ```text
//! mqtt_load --address 127.0.0.1:1883 --publishers 100 --window 64 --messages 200000 --payload-bytes 64 \
//!           [--username U --password P | --credentials FILE] [--topic telemetry] [--hold SECONDS]
//! ```
//! A credentials file has a username and a password per line, which the publishers take in turn. The result is one
//! line of JSON. `--messages 0 --hold 30` only opens connections and keeps them, to weigh them from outside.
#![allow(clippy::print_stdout, reason = "the result goes to standard output")]

use std::collections::{HashMap, VecDeque};
use std::error::Error;
use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Barrier;

type Failure = Box<dyn Error + Send + Sync>;

struct Load {
    address: String,
    publishers: usize,
    window: usize,
    messages: usize,
    payload_bytes: usize,
    topic: String,
    hold: Duration,
    credentials: Vec<(String, String)>,
}

impl Load {
    fn from_arguments() -> Result<Self, Failure> {
        let mut given = HashMap::new();
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            given.insert(name.trim_start_matches("--").to_owned(), value);
        }
        let mut text = |name: &str, default: &str| given.remove(name).unwrap_or_else(|| default.to_owned());
        let credentials = match text("credentials", "") {
            none if none.is_empty() => vec![(text("username", ""), text("password", ""))],
            file => std::fs::read_to_string(file)?
                .lines()
                .filter_map(|line| line.split_once(char::is_whitespace))
                .map(|(username, password)| (username.to_owned(), password.trim().to_owned()))
                .collect(),
        };
        let load = Self {
            address: text("address", "127.0.0.1:1883"),
            publishers: text("publishers", "100").parse()?,
            window: text("window", "64").parse()?,
            messages: text("messages", "100000").parse()?,
            payload_bytes: text("payload-bytes", "64").parse()?,
            topic: text("topic", "telemetry"),
            hold: Duration::from_secs(text("hold", "0").parse()?),
            credentials,
        };
        match given.keys().next() {
            Some(unknown) => Err(format!("--{unknown} is not an option; see the top of this example").into()),
            None if load.credentials.is_empty() => Err("the credentials file has no lines".into()),
            None => Ok(load),
        }
    }

    fn credentials_of(&self, publisher: usize) -> (&str, &str) {
        let turn = publisher % self.credentials.len().max(1);
        self.credentials.get(turn).map_or(("", ""), |(username, password)| (username, password))
    }

    /// A JSON object of about the wanted size, appended to `body`. It shares the machine with what it measures, so
    /// it takes as little time as it can.
    fn payload(&self, number: usize, body: &mut Vec<u8>) -> std::io::Result<()> {
        let start = body.len();
        write!(body, "{{\"value\":{number},\"note\":\"")?;
        body.resize((start + self.payload_bytes.saturating_sub(2)).max(body.len()), b'x');
        body.extend(b"\"}");
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let load: &'static Load = Box::leak(Box::new(Load::from_arguments()?));
    let everybody: &'static Barrier = Box::leak(Box::new(Barrier::new(load.publishers + 1)));
    let publishers: Vec<_> =
        (0..load.publishers).map(|number| tokio::spawn(publisher(load, number, everybody))).collect();
    everybody.wait().await;
    let start = Instant::now();
    let mut latencies = Vec::with_capacity(load.messages);
    for publisher in publishers {
        latencies.extend(publisher.await??);
    }
    let seconds = start.elapsed().saturating_sub(load.hold).as_secs_f64();
    latencies.sort_unstable();
    let percentile = |share: f64| {
        let index = (latencies.len() as f64 * share) as usize;
        let latency = latencies.get(index.min(latencies.len().saturating_sub(1)));
        latency.map_or(0.0, |latency: &Duration| (latency.as_secs_f64() * 1e6).round() / 1e3)
    };
    let result = json!({
        "publishers": load.publishers,
        "window": load.window,
        "payload_bytes": load.payload_bytes,
        "messages": latencies.len(),
        "seconds": (seconds * 1e3).round() / 1e3,
        "messages_per_second": (latencies.len() as f64 / seconds).round(),
        "ack_ms": { "p50": percentile(0.5), "p90": percentile(0.9), "p99": percentile(0.99), "max": percentile(1.0) },
    });
    println!("{result}");
    Ok(())
}

/// Connects, waits for the others, publishes its share, and returns how long each acknowledgement took.
async fn publisher(load: &Load, number: usize, everybody: &Barrier) -> Result<Vec<Duration>, Failure> {
    let connected = connect(load, number).await;
    everybody.wait().await;
    let mut stream = connected?;
    let share = load.messages / load.publishers + usize::from(number < load.messages % load.publishers);
    let latencies = publish(load, &mut stream, share).await?;
    tokio::time::sleep(load.hold).await;
    stream.write_all(&[0xe0, 0]).await?;
    Ok(latencies)
}

async fn connect(load: &Load, number: usize) -> Result<TcpStream, Failure> {
    let (username, password) = load.credentials_of(number);
    let mut body = b"\x00\x04MQTT\x04".to_vec();
    let has_password = !username.is_empty();
    body.push(if has_password { 0xc2 } else { 0x02 });
    body.extend(600_u16.to_be_bytes());
    push_text(&mut body, &format!("load-{number}"))?;
    if has_password {
        push_text(&mut body, username)?;
        push_text(&mut body, password)?;
    }
    let mut stream = TcpStream::connect(&load.address).await?;
    stream.set_nodelay(true)?;
    let mut packet = Vec::new();
    push_packet(&mut packet, 0x10, &body);
    stream.write_all(&packet).await?;
    let mut connack = [0; 4];
    stream.read_exact(&mut connack).await?;
    match connack {
        [0x20, 2, _, 0] => Ok(stream),
        [.., code] => Err(format!("publisher {number} was refused with code {code}").into()),
    }
}

async fn publish(load: &Load, stream: &mut TcpStream, share: usize) -> Result<Vec<Duration>, Failure> {
    let mut latencies = Vec::with_capacity(share);
    let mut open: VecDeque<(u16, Instant)> = VecDeque::with_capacity(load.window);
    let mut outgoing = Vec::new();
    let mut body = Vec::new();
    let mut incoming = Vec::with_capacity(4096);
    let mut sent = 0;
    let mut id = 0_u16;
    while latencies.len() < share {
        outgoing.clear();
        let now = Instant::now();
        while open.len() < load.window && sent < share {
            id = id.checked_add(1).unwrap_or(1);
            body.clear();
            push_text(&mut body, &load.topic)?;
            body.extend(id.to_be_bytes());
            load.payload(sent, &mut body)?;
            push_packet(&mut outgoing, 0x32, &body);
            open.push_back((id, now));
            sent += 1;
        }
        stream.write_all(&outgoing).await?;
        if stream.read_buf(&mut incoming).await? == 0 {
            return Err("the broker closed the connection".into());
        }
        let (acks, _) = incoming.as_chunks::<4>();
        let whole = acks.len() * 4;
        let now = Instant::now();
        for ack in acks {
            let (expected, at) = open.pop_front().ok_or("an acknowledgement for nothing")?;
            let [high, low] = expected.to_be_bytes();
            if *ack != [0x40, 2, high, low] {
                return Err(format!("expected the acknowledgement of {expected}, got {ack:02x?}").into());
            }
            latencies.push(now - at);
        }
        incoming.drain(..whole);
    }
    Ok(latencies)
}

fn push_text(body: &mut Vec<u8>, text: &str) -> Result<(), Failure> {
    body.extend(u16::try_from(text.len())?.to_be_bytes());
    body.extend(text.as_bytes());
    Ok(())
}

fn push_packet(out: &mut Vec<u8>, first: u8, body: &[u8]) {
    out.push(first);
    let mut length = body.len();
    loop {
        let low = (length & 0x7f) as u8;
        length >>= 7;
        out.push(if length > 0 { low | 0x80 } else { low });
        if length == 0 {
            break;
        }
    }
    out.extend(body);
}
