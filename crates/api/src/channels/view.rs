use model::Severity;
use respond::{ChannelView, CreatedChannel};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::when::When;

/// A place that notices go to.
#[derive(Serialize, ToSchema)]
pub struct Channel {
    id: Uuid,
    name: String,
    /// `email` or `webhook`
    kind: String,
    /// A mail address or a URL.
    target: String,
    /// Incidents below it are not told here.
    #[schema(value_type = String)]
    min_severity: Severity,
    /// `en` or `fr`
    language: String,
    enabled: bool,
    created_at: When,
}

impl From<ChannelView> for Channel {
    fn from(channel: ChannelView) -> Self {
        Self {
            id: channel.id.0,
            name: channel.name,
            kind: channel.kind.as_str().to_owned(),
            target: channel.target,
            min_severity: channel.min_severity,
            language: channel.language.as_str().to_owned(),
            enabled: channel.enabled,
            created_at: When(channel.created_at),
        }
    }
}

/// A channel, with the secret that its deliveries are signed with. The secret is shown this once.
#[derive(Serialize, ToSchema)]
pub struct ChannelWithSecret {
    #[serde(flatten)]
    channel: Channel,
    /// `whsec_…`, for webhooks.
    secret: Option<String>,
}

impl From<CreatedChannel> for ChannelWithSecret {
    fn from(created: CreatedChannel) -> Self {
        Self { channel: created.channel.into(), secret: created.secret }
    }
}
