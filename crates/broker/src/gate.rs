//! Who may come in and what they may touch: questions that the broker asks and the server answers.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use model::{DeviceId, Phrase, TenantId};

/// What a client said about itself when it knocked.
#[derive(Clone)]
pub struct Hello {
    /// As sent, or the one that we assigned when it sent none.
    pub client_id: Arc<str>,
    pub username: Option<String>,
    pub password: Option<Bytes>,
    pub protocol: Protocol,
    pub peer: SocketAddr,
    pub clean_start: bool,
}

/// The password never reaches a log, whoever prints a `Hello`.
impl fmt::Debug for Hello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hello")
            .field("client_id", &self.client_id)
            .field("protocol", &self.protocol)
            .field("peer", &self.peer)
            .field("clean_start", &self.clean_start)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// MQTT 3.1.1, and the older 3.1, which differs in nothing that we use.
    V311,
    V5,
}

impl Protocol {
    /// As people write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V311 => "MQTT 3.1.1",
            Self::V5 => "MQTT 5.0",
        }
    }
}

/// An admitted client: from here on everything it does happens in this tenant, as this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub tenant: TenantId,
    pub device: DeviceId,
    /// Slug of the device's profile.
    pub profile: Arc<str>,
}

/// Why a client was not let in. MQTT 5 clients receive the explanation as reason string, so it must hold no secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub code: RefusalCode,
    pub explanation: Phrase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalCode {
    BadCredentials,
    NotAuthorized,
    ServerBusy,
    Unavailable,
    Banned,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    Allow,
    /// The explanation is for the device's maker: which topics there are, or which policy said no.
    Deny {
        explanation: Phrase,
    },
}

#[async_trait]
pub trait Gatekeeper: Send + Sync + 'static {
    /// Asked once per connection. The broker already limits how many of these run at a time.
    async fn admit(&self, hello: &Hello) -> Result<Client, Refusal>;

    /// Asked for every message: must be quick and must not block.
    fn may_publish(&self, client: &Client, topic: &str) -> Decision;

    /// Asked for every filter of a SUBSCRIBE. Filters with `$` never get here.
    fn may_subscribe(&self, client: &Client, filter: &str) -> Decision;
}
