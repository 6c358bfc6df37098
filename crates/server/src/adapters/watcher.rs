//! Journals that devices come, go, and break rules.

use backplane::journal::JournalError;
use broker::{Client, Departure, Hello, Violation, Watcher};
use bytes::Bytes;
use futures::future::BoxFuture;
use ingest::Ingest;
use model::Presence;

use super::intake::source;

pub struct IngestWatcher {
    pub ingest: Ingest,
    pub runtime: tokio::runtime::Handle,
}

impl Watcher for IngestWatcher {
    fn connected(&self, client: &Client, hello: &Hello) {
        let presence = Presence::Connected {
            protocol: hello.protocol.as_str().to_owned(),
            client_id: hello.client_id.to_string(),
            address: hello.peer.to_string(),
        };
        self.note(client, self.ingest.presence(&source(client), presence));
    }

    fn disconnected(&self, client: &Client, departure: &Departure) {
        // A device with another connection is still there.
        if departure.remaining == 0 {
            let presence = Presence::Disconnected { reason: departure.reason.clone() };
            self.note(client, self.ingest.presence(&source(client), presence));
        }
    }

    fn violated(&self, client: &Client, violation: &Violation) {
        let Violation { code, topic, detail } = violation;
        self.note(client, self.ingest.report(&source(client), *code, topic, detail, &Bytes::new()));
    }
}

impl IngestWatcher {
    /// The append was called, so its place in the journal is fixed; only a failure is worth a line.
    fn note(&self, client: &Client, append: BoxFuture<'static, Result<(), JournalError>>) {
        let (tenant, device) = (client.tenant, client.device);
        self.runtime.spawn(async move {
            if let Err(error) = append.await {
                tracing::warn!(%error, tenant.id = %tenant, device.id = %device, "a connection's change could not be journaled");
            }
        });
    }
}
