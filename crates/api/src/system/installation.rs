//! What the server tells the API about itself.

use async_trait::async_trait;
use serde::Serialize;
use utoipa::ToSchema;

use crate::phrase::PhraseView;
use crate::when::When;

/// Supplied by the server, which alone knows its listeners, tasks and disk.
#[async_trait]
pub trait Installation: Send + Sync + 'static {
    /// How it fares right now.
    async fn status(&self) -> InstallationStatus;

    /// How devices and people reach it.
    fn endpoints(&self) -> Endpoints;
}

/// How to reach the installation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Endpoints {
    pub mqtt: MqttEndpoint,
    pub http: HttpEndpoint,
    pub version: String,
    /// A demonstration with simulated devices.
    pub demo: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MqttEndpoint {
    pub host: String,
    pub port: u16,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HttpEndpoint {
    pub url: String,
}

impl Endpoints {
    #[must_use]
    pub fn new(mqtt_host: String, mqtt_port: u16, http_url: String, version: &str, demo: bool) -> Self {
        Self {
            mqtt: MqttEndpoint { host: mqtt_host, port: mqtt_port },
            http: HttpEndpoint { url: http_url },
            version: version.to_owned(),
            demo,
        }
    }
}

/// How the installation fares.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InstallationStatus {
    pub version: String,
    pub uptime_seconds: u64,
    pub demo: bool,
    /// Whether mail can be sent.
    pub smtp_configured: bool,
    pub connections: u64,
    pub refused_connections: RefusedConnections,
    pub journal: JournalFigures,
    pub lake: LakeFigures,
    pub ingest: IngestFigures,
    /// The server's own long-running work.
    pub tasks: Vec<TaskFigures>,
    pub disk: Disk,
    /// What an operator should look at, in sentences. Empty when all is well.
    pub warnings: Vec<String>,
    /// What the warnings say, each in its place.
    pub warning_phrases: Vec<Option<PhraseView>>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JournalFigures {
    pub bytes: u64,
    /// The oldest record that is kept, and the next one's number.
    pub first: u64,
    pub end: u64,
    pub readers: Vec<ReaderFigures>,
    /// Present while messages are turned away (not lost: their senders keep them).
    pub refusing: Option<Refusing>,
    /// Records that turned out to be damaged since the start. Readers pass them by.
    pub damaged_records: u64,
}

/// Why messages are turned away, and since when.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Refusing {
    pub since: When,
    pub reason: String,
    /// What the reason says.
    pub reason_phrase: Option<PhraseView>,
}

/// Clients that were not let in since the start. Wrong passwords are problems of their device, too.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct RefusedConnections {
    pub mqtt: u64,
    /// Requests of devices.
    pub http: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReaderFigures {
    pub name: String,
    /// Records after its last checkpoint: what a restart would have it read again.
    pub lag: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LakeFigures {
    pub files: u64,
    pub bytes: u64,
    pub rows: u64,
    pub quarantined_files: u64,
    /// Records of the journal that never reached it, because they were damaged or gone.
    pub lost_records: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IngestFigures {
    /// Over the last minute.
    pub messages_per_second: f64,
    pub accepted: u64,
    pub refused: u64,
    pub retransmitted: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskFigures {
    pub name: String,
    pub running: bool,
    pub restarts: u64,
    /// Why it stopped the last time.
    pub last_error: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Disk {
    pub free_bytes: u64,
    pub total_bytes: u64,
}
