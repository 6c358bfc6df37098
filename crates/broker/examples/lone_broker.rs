//! A broker with nothing behind it but a file, for measuring the session layer alone.
//!
//! `lone_broker 127.0.0.1:1884 [FILE]` lets everybody in as one of many devices (the client id says which) and appends
//! what they publish to the file. Waiting batches share one fdatasync, as in the journal. Without a file, messages are
//! acknowledged at once.
#![allow(clippy::print_stdout, reason = "an example for people")]

use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc;

use async_trait::async_trait;
use broker::{
    Broker, BrokerConfig, Client, Decision, Denied, Departure, Gatekeeper, Hello, Inbound, Intake,
    MemorySessionStore, Outcome, Refusal, Unavailable, Violation, Watcher,
};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use model::{DeviceId, SystemClock, TenantId};
use tokio::sync::oneshot;

struct OpenDoor(TenantId);

#[async_trait]
impl Gatekeeper for OpenDoor {
    async fn admit(&self, _: &Hello) -> Result<Client, Refusal> {
        Ok(Client { tenant: self.0, device: DeviceId::generate(), profile: "generic".into() })
    }

    fn may_publish(&self, _: &Client, _: &str) -> Decision {
        Decision::Allow
    }

    fn may_subscribe(&self, _: &Client, _: &str) -> Decision {
        Decision::Allow
    }
}

struct Job {
    payloads: Vec<Bytes>,
    done: oneshot::Sender<bool>,
}

struct Tape(Option<mpsc::Sender<Job>>);

impl Tape {
    fn new(file: Option<File>) -> Self {
        Self(file.map(|file| {
            let (jobs, waiting) = mpsc::channel();
            std::thread::spawn(move || record(file, &waiting));
            jobs
        }))
    }
}

fn record(mut file: File, waiting: &mpsc::Receiver<Job>) {
    while let Ok(first) = waiting.recv() {
        let jobs: Vec<Job> = std::iter::once(first).chain(waiting.try_iter()).collect();
        let bytes: Vec<u8> = jobs.iter().flat_map(|job| &job.payloads).flatten().copied().collect();
        let kept = file.write_all(&bytes).and_then(|()| file.sync_data()).is_ok();
        for job in jobs {
            let _ = job.done.send(kept);
        }
    }
}

impl Intake for Tape {
    fn take(
        &self,
        _: &Client,
        messages: Vec<Inbound>,
    ) -> BoxFuture<'static, Result<Vec<Outcome>, Unavailable>> {
        let outcomes = vec![Outcome::Accepted; messages.len()];
        let Some(jobs) = &self.0 else { return std::future::ready(Ok(outcomes)).boxed() };
        let (done, kept) = oneshot::channel();
        let payloads = messages.into_iter().map(|message| message.payload).collect();
        drop(jobs.send(Job { payloads, done }));
        async move {
            match kept.await {
                Ok(true) => Ok(outcomes),
                _ => Err(Unavailable { detail: "the file cannot be written".to_owned() }),
            }
        }
        .boxed()
    }

    fn refuse(&self, _: &Client, _: Vec<Denied>) -> BoxFuture<'static, Result<(), Unavailable>> {
        std::future::ready(Ok(())).boxed()
    }
}

struct Nobody;

impl Watcher for Nobody {
    fn connected(&self, _: &Client, _: &Hello) {}
    fn disconnected(&self, _: &Client, _: &Departure) {}
    fn violated(&self, _: &Client, _: &Violation) {}
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let listen = arguments.next().unwrap_or_else(|| "127.0.0.1:1884".to_owned()).parse()?;
    let file = arguments.next().map(File::create).transpose()?;
    let broker = Broker::start(
        BrokerConfig { listen, ..BrokerConfig::default() },
        Arc::new(OpenDoor(TenantId::generate())),
        Arc::new(Tape::new(file)),
        Arc::new(Nobody),
        Arc::new(MemorySessionStore::default()),
        Arc::new(SystemClock),
    )
    .await?;
    println!("listening on {}", broker.local_addr());
    tokio::signal::ctrl_c().await?;
    broker.shutdown().await;
    Ok(())
}
