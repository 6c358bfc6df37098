//! What the routes work with. Cloning shares it.

use std::ops::Deref;
use std::sync::Arc;

use backplane::journal::Journal;
use model::Clock;
use tokio_util::sync::CancellationToken;

use crate::intake::RefusedSenders;
use crate::stream::OpenStreams;
use crate::system::Installation;

/// The state of every route.
#[derive(Clone)]
pub struct Api(Arc<Services>);

/// The domains behind the routes.
pub struct Services {
    pub identity: Arc<identity::Identity>,
    pub devices: devices::Devices,
    pub ingest: ingest::Ingest,
    pub lake: Arc<lake::Lake>,
    pub rules: respond::Rules,
    pub incidents: respond::Incidents,
    pub channels: respond::Channels,
    pub journal: Arc<dyn Journal>,
    pub installation: Arc<dyn Installation>,
    pub streams: OpenStreams,
    pub refused_senders: RefusedSenders,
    pub limits: ApiLimits,
    pub clock: Arc<dyn Clock>,
    /// Cancelled when the server stops, so that long-lived connections end.
    pub stopping: CancellationToken,
}

/// What one tenant or request may use.
#[derive(Clone, Copy, Debug)]
pub struct ApiLimits {
    pub streams_per_tenant: usize,
    pub body_bytes: usize,
}

impl Api {
    #[must_use]
    pub fn new(services: Services) -> Self {
        Self(Arc::new(services))
    }
}

impl Deref for Api {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.0
    }
}
