//! Opens every domain with what it needs of the others.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use api::{Api, ApiLimits, Endpoints, OpenStreams, RefusedSenders, Services};
use backplane::blobs::{Blobs, LocalBlobs};
use backplane::journal::{Journal, LocalJournal, LocalJournalConfig, Offset};
use backplane::limits::LocalLimits;
use broker::{Broker, BrokerConfig};
use devices::{Devices, DevicesConfig};
use identity::{Identity, IdentityConfig};
use ingest::{Ingest, IngestConfig};
use lake::{Lake, LakeConfig};
use model::{Clock, SystemClock};
use respond::{Channels, Incidents, Notifier, NotifierConfig, Rules, SmtpConfig, SmtpTls};
use store::Store;
use tokio_util::sync::CancellationToken;

use super::listeners::Listeners;
use crate::adapters::{
    BrokerLink, DeviceGate, Figures, GuardedJournal, IngestIntake, IngestWatcher, LakeCatalog, LakeKinds,
    Names, StoredSessions, Traffic,
};
use crate::cli::Failure;
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::ops::health::Readiness;
use crate::readers::Supervisor;

/// Keys that the in-process limits remember.
const LIMIT_KEYS: usize = 100_000;

/// Everything that is open while the server runs.
pub struct Domains {
    pub store: Store,
    pub local_journal: Arc<LocalJournal>,
    /// Where it ended before anybody could send us anything.
    pub journal_start: Offset,
    pub journal: Arc<GuardedJournal>,
    pub identity: Arc<Identity>,
    pub devices: Devices,
    pub lake: Arc<Lake>,
    pub ingest: Ingest,
    pub rules: Rules,
    pub incidents: Incidents,
    pub notifier: Arc<Notifier>,
    /// Where the detector keeps what it has seen.
    pub blobs: Arc<dyn Blobs>,
    pub clock: Arc<dyn Clock>,
    pub broker: Broker,
    pub watcher: Arc<IngestWatcher>,
    pub traffic: Traffic,
    pub figures: Arc<Figures>,
    pub endpoints: Endpoints,
    pub readiness: Readiness,
    pub api: Api,
}

impl Domains {
    pub async fn open(
        config: &Config,
        data: &DataDir,
        supervisor: &Supervisor,
        listeners: &Listeners,
        stopping: &CancellationToken,
        started: Instant,
    ) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store = open_store(config, data).await?;
        let local_journal = LocalJournal::open(data.journal(), journal_config(config))?;
        let journal_start = local_journal.end();
        let journal = GuardedJournal::new(
            local_journal.clone(),
            data.root().to_owned(),
            config.journal.min_free_bytes,
            clock.clone(),
        );
        let shared: Arc<dyn Journal> = journal.clone();

        let url = public_url(config, listeners.http_address()?);
        let identity = open_identity(config, &store, &clock, &url).await?;
        let twins = data.state();
        let devices =
            Devices::open(store.clone(), shared.clone(), &twins, clock.clone(), DevicesConfig::default())
                .await?;
        let lake = Lake::open(
            LakeConfig::default(),
            data.blobs(),
            Arc::new(LakeCatalog::new(store.clone())),
            shared.clone(),
            Arc::new(Names(devices.clone())),
            clock.clone(),
        )
        .await?;
        let kinds = Arc::new(LakeKinds(lake.clone()));
        let ingest = Ingest::open(shared.clone(), kinds, clock.clone(), IngestConfig::default()).await?;
        let traffic = Traffic::default();
        let watcher =
            Arc::new(IngestWatcher::new(ingest.clone(), devices.clone(), tokio::runtime::Handle::current()));
        let intake = IngestIntake { ingest: ingest.clone() };
        let broker = open_broker(config, &store, &devices, intake, watcher.clone(), &clock).await?;
        devices.attach(Arc::new(BrokerLink(broker.clone())));

        let rules = Rules::new(store.clone(), clock.clone());
        let incidents = Incidents::new(store.clone(), clock.clone());
        let notices = NotifierConfig { smtp: smtp(config), public_url: Some(url.clone()) };
        let notifier = Arc::new(Notifier::new(&incidents, clock.clone(), &notices)?);
        let channels = Channels::new(store.clone(), clock.clone(), notifier.clone());
        let blobs: Arc<dyn Blobs> = Arc::new(LocalBlobs::open(data.state())?);

        let endpoints = Endpoints::new(
            config.mqtt_host(),
            broker.local_addr().port(),
            url,
            env!("CARGO_PKG_VERSION"),
            config.demo.enabled,
        );
        let (streams, refused_senders) = (OpenStreams::default(), RefusedSenders::default());
        let figures = Arc::new(Figures {
            endpoints: endpoints.clone(),
            started,
            smtp_configured: !config.smtp.host.is_empty(),
            journal: journal.clone(),
            devices: devices.clone(),
            lake: lake.clone(),
            ingest: ingest.clone(),
            broker: broker.clone(),
            supervisor: supervisor.clone(),
            streams: streams.clone(),
            refused_senders: refused_senders.clone(),
            http: listeners.places(),
            traffic: traffic.clone(),
            data: data.root().to_owned(),
            enough_bytes: config.journal.min_free_bytes.saturating_mul(4),
        });
        let api = Api::new(Services {
            identity: identity.clone(),
            devices: devices.clone(),
            ingest: ingest.clone(),
            lake: lake.clone(),
            rules: rules.clone(),
            incidents: incidents.clone(),
            channels,
            journal: shared,
            installation: figures.clone(),
            streams,
            refused_senders,
            limits: ApiLimits {
                streams_per_tenant: config.http.max_streams_per_tenant,
                body_bytes: config.http.max_body_bytes,
            },
            clock: clock.clone(),
            stopping: stopping.clone(),
        });
        let readiness = Readiness::new(store.clone(), journal.clone());
        Ok(Self {
            store,
            local_journal,
            journal_start,
            journal,
            identity,
            devices,
            lake,
            ingest,
            rules,
            incidents,
            notifier,
            blobs,
            clock,
            broker,
            watcher,
            traffic,
            figures,
            endpoints,
            readiness,
            api,
        })
    }

    /// Last of all: nothing writes any more.
    pub async fn close(self) {
        self.local_journal.close().await;
        self.store.close().await;
    }
}

/// The relational store, where the configuration says or in the data directory.
pub async fn open_store(config: &Config, data: &DataDir) -> Result<Store, Failure> {
    let url = &config.store.url;
    let url = if url.is_empty() { data.store_url() } else { url.reveal().to_owned() };
    Ok(Store::open(&url).await?)
}

/// People and their sessions.
pub async fn open_identity(
    config: &Config,
    store: &Store,
    clock: &Arc<dyn Clock>,
    url: &str,
) -> Result<Arc<Identity>, Failure> {
    let limits = Arc::new(LocalLimits::new(clock.clone(), LIMIT_KEYS));
    let settings = IdentityConfig {
        issuer: url.to_owned(),
        access_lifetime: Duration::from_secs(config.auth.access_minutes * 60),
        session_idle: Duration::from_secs(config.auth.session_days * 24 * 3600),
        ..IdentityConfig::default()
    };
    Ok(Identity::open(store.clone(), limits, clock.clone(), settings).await?)
}

async fn open_broker(
    config: &Config,
    store: &Store,
    devices: &Devices,
    intake: IngestIntake,
    watcher: Arc<IngestWatcher>,
    clock: &Arc<dyn Clock>,
) -> Result<Broker, Failure> {
    let settings = BrokerConfig {
        listen: config.mqtt.listen,
        max_packet_bytes: config.mqtt.max_packet_bytes,
        max_connections: config.mqtt.max_connections,
        ..BrokerConfig::default()
    };
    let gate = DeviceGate { devices: devices.clone(), ingest: intake.ingest.clone() };
    let sessions = StoredSessions { store: store.clone(), clock: clock.clone() };
    let broker =
        Broker::start(settings, Arc::new(gate), Arc::new(intake), watcher, Arc::new(sessions), clock.clone());
    Ok(broker.await?)
}

fn journal_config(config: &Config) -> LocalJournalConfig {
    LocalJournalConfig {
        segment_bytes: config.journal.segment_bytes,
        keep_bytes: config.journal.keep_bytes,
        ..LocalJournalConfig::default()
    }
}

/// As configured, or the address that we really listen on.
fn public_url(config: &Config, listening: SocketAddr) -> String {
    if config.http.public_url.is_empty() { format!("http://{listening}") } else { config.public_url() }
}

/// The mail server, when one is configured.
fn smtp(config: &Config) -> Option<SmtpConfig> {
    let smtp = &config.smtp;
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Some(SmtpConfig {
        host: given(&smtp.host)?,
        port: Some(smtp.port),
        username: given(&smtp.username),
        password: given(smtp.password.reveal()),
        from: smtp.from.clone(),
        tls: match smtp.tls.as_str() {
            "none" => SmtpTls::None,
            "tls" => SmtpTls::Tls,
            _ => SmtpTls::Starttls,
        },
    })
}
