//! Messages out, acknowledgements in, and what happens when the connection breaks between the two.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use ingest::telemetry_to_json;
use model::{Point, Timestamp};
use rumqttc::Outgoing;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{ConnectReturnCode, Packet, PubAck, PubAckReason};
use rumqttc::v5::{AsyncClient, ConnectionError, Event, EventLoop, MqttOptions, Request, StateError};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Args;
use super::address::Address;
use super::progress::{Progress, count};
use super::rows::Row;
use super::texts::Texts;
use crate::cli::Failure;

const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// A server that restarts needs a moment; longer without any progress, and something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(500);
/// The session outlives a broken connection for so long (seconds).
const SESSION: u32 = 300;
/// Messages that are made before the window has room for them.
const QUEUE: usize = 64;
const LARGEST_PACKET: u32 = 256 * 1024;

/// The rows of one message.
struct Sent {
    first: u64,
    last: u64,
    /// Without rows in between that were left out.
    count: u64,
    /// The earliest and the latest of their times.
    from: Timestamp,
    to: Timestamp,
}

impl Sent {
    fn words(&self) -> String {
        if self.first == self.last {
            format!("row {}", self.first)
        } else {
            format!("rows {} to {}", self.first, self.last)
        }
    }
}

pub async fn send(
    args: &Args,
    address: &Address,
    rows: mpsc::Receiver<Result<Row, String>>,
) -> Result<(), Failure> {
    let mut options = MqttOptions::new(client_id(&args.file), address.host.clone(), address.port);
    options
        .set_credentials(args.device_username.clone(), args.device_password.clone())
        .set_keep_alive(KEEP_ALIVE)
        .set_clean_start(false)
        .set_session_expiry_interval(Some(SESSION))
        .set_max_packet_size(Some(LARGEST_PACKET))
        .set_outgoing_inflight_upper_limit(args.window);
    let (client, events) = AsyncClient::new(options, QUEUE);
    let mut replay = Replay {
        address: address.clone(),
        events,
        queued: VecDeque::new(),
        waiting: HashMap::new(),
        progress: Progress::new(),
        connected: false,
        lost: None,
        unsent: Vec::new(),
    };
    let mut feed = Feed::new(args, rows);
    let result = replay.run(&mut feed, &client).await;
    replay.progress.finish();
    if let Some(texts) = feed.texts.told() {
        replay.progress.say(&texts);
    }
    result?;
    let _ = writeln!(std::io::stdout(), "{}", replay.progress.summary());
    match replay.progress.refused {
        0 => Ok(()),
        refused => Err(format!(
            "refused by the server: {}; the device's page in the console says why",
            count(refused, "row")
        )
        .into()),
    }
}

/// The same for the same file: replaying it again and again leaves one session behind, not many.
fn client_id(file: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    file.canonicalize().unwrap_or_else(|_| file.to_owned()).hash(&mut hasher);
    format!("replay-{:016x}", hasher.finish())
}

/// Rows on their way to becoming messages, at the speed that was asked for.
struct Feed {
    rows: mpsc::Receiver<Result<Row, String>>,
    speed: super::Speed,
    batch: usize,
    began: Option<(Instant, Timestamp)>,
    points: Vec<Point>,
    texts: Texts,
    first: u64,
    last: u64,
    done: bool,
    failed: Option<String>,
}

/// What the feed gives next.
enum Fed {
    Message { json: String, sent: Sent },
    Empty,
    LeftOut(String),
    End,
}

impl Feed {
    fn new(args: &Args, rows: mpsc::Receiver<Result<Row, String>>) -> Self {
        let batch = usize::from(args.batch);
        Self {
            rows,
            speed: args.speed,
            batch,
            began: None,
            points: Vec::new(),
            texts: Texts::default(),
            first: 0,
            last: 0,
            done: false,
            failed: None,
        }
    }

    /// Loses nothing when it is dropped half-way: what was taken is in `points`.
    async fn next(&mut self) -> Result<Fed, String> {
        while self.points.len() < self.batch && !self.done {
            match self.rows.recv().await {
                None => self.done = true,
                // What was read before it goes first.
                Some(Err(why)) => (self.failed, self.done) = (Some(why), true),
                Some(Ok(Row::Empty)) => return Ok(Fed::Empty),
                Some(Ok(Row::Bad(why))) => return Ok(Fed::LeftOut(why)),
                Some(Ok(Row::Point { number, line, point })) => {
                    self.texts.count(line, &point);
                    if self.points.is_empty() {
                        self.first = number;
                    }
                    self.last = number;
                    self.points.push(point);
                }
            }
        }
        let times = || self.points.iter().map(|point| point.ts);
        let (Some(from), Some(to), Some(ts)) = (times().min(), times().max(), times().next_back()) else {
            return self.failed.take().map_or(Ok(Fed::End), Err);
        };
        let (began, first) = *self.began.get_or_insert_with(|| (Instant::now(), ts));
        tokio::time::sleep_until(began + self.speed.due(first, ts)).await;
        let points = std::mem::take(&mut self.points);
        let json = telemetry_to_json(&points);
        let json = match points.as_slice() {
            [_] => json.trim_start_matches('[').trim_end_matches(']').to_owned(),
            _ => json,
        };
        let sent = Sent { first: self.first, last: self.last, count: points.len() as u64, from, to };
        Ok(Fed::Message { json, sent })
    }
}

struct Replay {
    address: Address,
    events: EventLoop,
    /// Given to the client, which has not given it a packet id yet.
    queued: VecDeque<Sent>,
    /// By packet id: on its way, not acknowledged.
    waiting: HashMap<u16, Sent>,
    progress: Progress,
    connected: bool,
    /// Since when nothing works.
    lost: Option<Instant>,
    /// What was under way when the connection broke.
    unsent: Vec<Request>,
}

impl Replay {
    async fn run(&mut self, feed: &mut Feed, client: &AsyncClient) -> Result<(), Failure> {
        let (mut fed_all, mut bad_row) = (false, None);
        loop {
            if fed_all && self.queued.is_empty() && self.waiting.is_empty() {
                break;
            }
            let room = self.connected && self.lost.is_none() && !fed_all && self.queued.len() < QUEUE;
            tokio::select! {
                event = self.events.poll() => match event {
                    Ok(event) => self.on(event)?,
                    Err(error) => self.on_error(error).await?,
                },
                fed = feed.next(), if room => match fed {
                    // What was sent before it is waited for.
                    Err(why) => (fed_all, bad_row) = (true, Some(why)),
                    Ok(Fed::End) => fed_all = true,
                    Ok(Fed::LeftOut(why)) => self.progress.left_out(&why),
                    Ok(Fed::Empty) => self.progress.empty += 1,
                    Ok(Fed::Message { json, sent }) => {
                        self.queued.push_back(sent);
                        client.try_publish("telemetry", QoS::AtLeastOnce, false, json)?;
                    }
                },
            }
            self.progress.show();
        }
        client.disconnect().await?;
        // The farewell is a courtesy: everything is acknowledged.
        let farewell = async { while self.events.poll().await.is_ok() {} };
        let _ = tokio::time::timeout(Duration::from_secs(1), farewell).await;
        let Some(why) = bad_row else { return Ok(()) };
        let stored = count(self.progress.acknowledged, "row");
        let refused = match self.progress.refused {
            0 => String::new(),
            refused => format!("; refused by the server: {}", count(refused, "row")),
        };
        Err(format!("{why}. Stored before it: {stored}{refused}.").into())
    }

    fn on(&mut self, event: Event) -> Result<(), Failure> {
        match event {
            Event::Incoming(Packet::ConnAck(connack)) => {
                (self.connected, self.lost) = (true, None);
                let unsent = std::mem::take(&mut self.unsent);
                if !connack.session_present && !unsent.is_empty() {
                    // The client gives up what a new session does not know of. It is not acknowledged, so we do not.
                    self.events.pending.extend(unsent);
                }
            }
            // A message that is sent again waits under its packet id already.
            Event::Outgoing(Outgoing::Publish(id)) if !self.waiting.contains_key(&id) => {
                let sent = self.queued.pop_front().ok_or("lost count of what was sent")?;
                self.waiting.insert(id, sent);
            }
            Event::Incoming(Packet::PubAck(ack)) => self.acknowledged(&ack),
            _ => {}
        }
        Ok(())
    }

    fn acknowledged(&mut self, ack: &PubAck) {
        let Some(sent) = self.waiting.remove(&ack.pkid) else { return };
        match ack.reason {
            PubAckReason::Success | PubAckReason::NoMatchingSubscribers => {
                self.progress.acknowledged(sent.count, sent.from, sent.to);
            }
            reason => {
                let said = ack.properties.as_ref().and_then(|properties| properties.reason_string.clone());
                let why = said.unwrap_or_else(|| format!("{reason:?}"));
                self.progress.refused(&sent.words(), sent.count, &why);
            }
        }
    }

    async fn on_error(&mut self, error: ConnectionError) -> Result<(), Failure> {
        let acknowledged = self.progress.acknowledged;
        let so_far = if self.connected { format!(" {acknowledged} rows are stored.") } else { String::new() };
        if let ConnectionError::ConnectionRefused(code) = &error {
            return Err(format!("the server refused the connection: {}.{so_far}", explain(*code)).into());
        }
        let Address { host, port } = &self.address;
        if !self.connected {
            return Err(
                format!("cannot connect to {host}:{port}: {error}. Is the server running there?").into()
            );
        }
        let since = *self.lost.get_or_insert_with(|| {
            self.progress.say(&format!("connection lost ({}); trying again", short(&error)));
            Instant::now()
        });
        if since.elapsed() > PATIENCE {
            let limit = PATIENCE.as_secs();
            return Err(
                format!("no connection to {host}:{port} for {limit} s: {}.{so_far}", short(&error)).into()
            );
        }
        for request in &mut self.events.pending {
            if let Request::Publish(publish) = request {
                publish.dup = publish.pkid != 0;
            }
        }
        if !self.events.pending.is_empty() {
            self.unsent = self.events.pending.iter().cloned().collect();
        }
        tokio::time::sleep(PAUSE).await;
        Ok(())
    }
}

fn short(error: &ConnectionError) -> String {
    match error {
        ConnectionError::MqttState(StateError::ServerDisconnect { reason_code, reason_string }) => {
            reason_string.clone().unwrap_or_else(|| format!("the server ended it: {reason_code:?}"))
        }
        ConnectionError::MqttState(StateError::Io(error)) | ConnectionError::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}

fn explain(code: ConnectReturnCode) -> String {
    match code {
        ConnectReturnCode::BadUserNamePassword => {
            "the user name or password is not right. Use the credentials shown \
             when the device was added; new ones can be made on the device's page"
                .to_owned()
        }
        ConnectReturnCode::NotAuthorized => "this device is not allowed in".to_owned(),
        ConnectReturnCode::ServerBusy
        | ConnectReturnCode::ServerUnavailable
        | ConnectReturnCode::QuotaExceeded => "it is too busy just now; try again in a minute".to_owned(),
        ConnectReturnCode::ConnectionRateExceeded | ConnectReturnCode::Banned => {
            "too many attempts; wait a few minutes".to_owned()
        }
        other => format!("{other:?}"),
    }
}
