//! A journal in memory that becomes durable when told to, a clock that stands still, and one device.

use std::num::NonZeroU32;
use std::sync::Arc;

use backplane::journal::{Batch, Entry, Journal, JournalError, JournalStats, Offset};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use ingest::{Identity, Ingest, IngestConfig, Message, NoKinds, Source, Verdict};
use model::{Body, Clock, DeviceId, Problem, Record, TenantId, Timestamp};
use parking_lot::Mutex;
use tokio::sync::watch;

pub const NOW: Timestamp = Timestamp::from_millis(1_763_750_000_000);

pub struct Clockwork(pub Mutex<Timestamp>);

impl Clock for Clockwork {
    fn now(&self) -> Timestamp {
        *self.0.lock()
    }
}

#[derive(Clone, Copy, PartialEq)]
pub enum Disk {
    Works,
    Hangs,
    Fails,
}

pub struct MemoryJournal {
    records: Mutex<Vec<Bytes>>,
    disk: watch::Sender<Disk>,
}

impl MemoryJournal {
    pub fn set(&self, disk: Disk) {
        self.disk.send_replace(disk);
    }
}

impl Journal for MemoryJournal {
    fn append(&self, records: Vec<Bytes>) -> BoxFuture<'static, Result<Offset, JournalError>> {
        let mut disk = self.disk.subscribe();
        let offset = {
            let mut all = self.records.lock();
            let offset = all.len() as u64;
            if *self.disk.borrow() != Disk::Fails {
                all.extend(records);
            }
            offset
        };
        async move {
            let settled = *disk.wait_for(|disk| *disk != Disk::Hangs).await.unwrap();
            if settled == Disk::Fails {
                Err(JournalError::Full { detail: "test".into() })
            } else {
                Ok(offset)
            }
        }
        .boxed()
    }

    fn read(&self, from: Offset, _: usize) -> BoxFuture<'_, Result<Batch, JournalError>> {
        let records = self.records.lock();
        let entries: Vec<_> = records
            .iter()
            .enumerate()
            .skip(from as usize)
            .map(|(at, bytes)| Entry { offset: at as u64, bytes: bytes.clone() })
            .collect();
        let next = from + entries.len() as u64;
        futures::future::ready(Ok(Batch { entries, next })).boxed()
    }

    fn first(&self) -> Offset {
        0
    }

    fn end(&self) -> Offset {
        self.records.lock().len() as u64
    }

    fn wait_past(&self, _: Offset) -> BoxFuture<'_, ()> {
        futures::future::pending().boxed()
    }

    fn commit<'a>(&'a self, _: &'a str, _: Offset) -> BoxFuture<'a, Result<(), JournalError>> {
        futures::future::ready(Ok(())).boxed()
    }

    fn committed<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Offset>, JournalError>> {
        futures::future::ready(Ok(None)).boxed()
    }

    fn readers(&self) -> Vec<(String, Offset)> {
        Vec::new()
    }

    fn stats(&self) -> JournalStats {
        JournalStats::default()
    }
}

pub struct World {
    pub journal: Arc<MemoryJournal>,
    pub clock: Arc<Clockwork>,
    pub ingest: Ingest,
    pub source: Source,
}

impl World {
    pub async fn new() -> Self {
        let journal =
            Arc::new(MemoryJournal { records: Mutex::default(), disk: watch::Sender::new(Disk::Works) });
        let clock = Arc::new(Clockwork(Mutex::new(NOW)));
        let source = Source {
            tenant: TenantId::generate(),
            device: DeviceId::generate(),
            profile: "thermostat".into(),
        };
        let ingest = open(&journal, &clock).await;
        Self { journal, clock, ingest, source }
    }

    /// As after a crash: only the journal is left.
    pub async fn restart(&mut self) {
        self.ingest = open(&self.journal, &self.clock).await;
    }

    pub fn pass(&self, millis: i64) {
        let mut now = self.clock.0.lock();
        *now = Timestamp::from_micros(now.as_micros() + millis * 1000);
    }

    pub async fn send(&self, topic: &str, payload: &str) -> Verdict {
        self.send_all(vec![message(topic, payload.to_owned(), None)]).await.remove(0)
    }

    pub async fn send_all(&self, messages: Vec<Message>) -> Vec<Verdict> {
        self.ingest.accept(&self.source, messages).await.unwrap()
    }

    pub fn bodies(&self) -> Vec<Body> {
        let records = self.journal.records.lock();
        records.iter().map(|bytes| Record::decode(bytes).unwrap().body).collect()
    }

    pub fn problems(&self) -> Vec<Problem> {
        let problem = |body| if let Body::Problem(problem) = body { Some(problem) } else { None };
        self.bodies().into_iter().filter_map(problem).collect()
    }

    pub fn points(&self) -> Vec<model::Point> {
        let points = |body| if let Body::Telemetry(telemetry) = body { telemetry.points } else { Vec::new() };
        self.bodies().into_iter().flat_map(points).collect()
    }
}

async fn open(journal: &Arc<MemoryJournal>, clock: &Arc<Clockwork>) -> Ingest {
    Ingest::open(journal.clone(), Arc::new(NoKinds), clock.clone(), IngestConfig::default()).await.unwrap()
}

/// Packet id and DUP, on one connection.
pub fn message(topic: &str, payload: impl Into<Bytes>, identity: Option<(u16, bool)>) -> Message {
    let connection = NonZeroU32::MIN;
    let identity = identity.map(|(packet_id, dup)| Identity { packet_id, dup, connection });
    Message { topic: topic.into(), payload: payload.into(), identity }
}
