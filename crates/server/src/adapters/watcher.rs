//! Writes connections that come and go, and rules that are broken, into the journal; tells of acknowledged commands.
//!
//! What the journal refuses of the coming and going is kept and written later: a twin that never hears of a connection's
//! end would show it for ever.

use std::collections::HashMap;
use std::sync::Arc;

use backplane::journal::JournalError;
use broker::{Client, Departure, Hello, Violation, Watcher};
use bytes::Bytes;
use devices::Devices;
use futures::future::BoxFuture;
use ingest::{Ingest, Source};
use model::{DeviceId, Presence};
use parking_lot::Mutex;

use super::intake::source;

pub struct IngestWatcher {
    ingest: Ingest,
    devices: Devices,
    runtime: tokio::runtime::Handle,
    latest: Arc<Mutex<Latest>>,
}

/// The last coming or going of each device that is not in the journal yet.
#[derive(Default)]
struct Latest {
    number: u64,
    notes: HashMap<DeviceId, Note>,
}

struct Note {
    number: u64,
    source: Source,
    presence: Presence,
    refused: bool,
}

impl IngestWatcher {
    pub fn new(ingest: Ingest, devices: Devices, runtime: tokio::runtime::Handle) -> Self {
        Self { ingest, devices, runtime, latest: Arc::default() }
    }

    /// Writes what was refused before; called every second while the journal takes records.
    pub fn catch_up(&self) {
        let mut latest = self.latest.lock();
        let refused: Vec<_> = {
            let refused = latest.notes.values().filter(|note| note.refused);
            refused.map(|note| (note.source.clone(), note.presence.clone())).collect()
        };
        for (source, presence) in refused {
            self.append(&mut latest, source, presence);
        }
    }

    /// Numbered and appended under one lock, so that the newest number is the last in the journal.
    fn append(&self, latest: &mut Latest, source: Source, presence: Presence) {
        let device = source.device;
        latest.number += 1;
        let number = latest.number;
        let append = self.ingest.presence(&source, presence.clone());
        latest.notes.insert(device, Note { number, source, presence, refused: false });
        let latest = self.latest.clone();
        self.runtime.spawn(async move {
            let done = append.await;
            let mut latest = latest.lock();
            let Some(note) = latest.notes.get_mut(&device).filter(|note| note.number == number) else {
                return;
            };
            match done {
                Ok(()) | Err(JournalError::Closed) => {
                    latest.notes.remove(&device);
                }
                Err(_) => note.refused = true,
            }
        });
    }

    fn note(&self, source: Source, presence: Presence) {
        self.append(&mut self.latest.lock(), source, presence);
    }

    /// The append was called, so its place in the journal is fixed; a refused one is counted on by ingest.
    fn report(&self, append: BoxFuture<'static, Result<(), JournalError>>) {
        self.runtime.spawn(append);
    }
}

impl Watcher for IngestWatcher {
    fn connected(&self, client: &Client, hello: &Hello) {
        let presence = Presence::Connected {
            protocol: hello.protocol.as_str().to_owned(),
            client_id: hello.client_id.to_string(),
            address: hello.peer.to_string(),
        };
        self.note(source(client), presence);
    }

    fn disconnected(&self, client: &Client, departure: &Departure) {
        // A device with another connection is still there.
        if departure.remaining == 0 {
            self.note(source(client), Presence::Disconnected { reason: departure.reason.clone() });
        }
    }

    fn violated(&self, client: &Client, violation: &Violation) {
        let Violation { code, topic, detail } = violation;
        self.report(self.ingest.report(&source(client), *code, topic, detail, &Bytes::new()));
    }

    fn acknowledged(&self, client: &Client, topic: &str) {
        self.devices.acknowledged(client.tenant, topic);
    }
}
