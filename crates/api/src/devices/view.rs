//! How a device looks from outside.

use std::collections::BTreeMap;

use devices::{Counts, Credentials, DeviceDetail, DeviceItem, FieldValue, TwinView};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::phrase::PhraseView;
use crate::stream::spelled;
use crate::when::When;

/// The newest value of a field, and when it was measured.
#[derive(Serialize, ToSchema)]
pub struct LatestValue {
    value: Json,
    ts: When,
}

pub fn values(fields: Vec<FieldValue>) -> BTreeMap<String, LatestValue> {
    fields
        .into_iter()
        .map(|field| {
            (field.field.to_string(), LatestValue { value: field.value.to_json(), ts: When(field.ts) })
        })
        .collect()
}

/// A device proves itself with these. They are shown once.
#[derive(Serialize, ToSchema)]
pub struct CredentialsView {
    username: String,
    /// Also good alone, as the username, for clients that know only tokens.
    password: String,
}

impl From<Credentials> for CredentialsView {
    fn from(credentials: Credentials) -> Self {
        Self { username: credentials.username, password: credentials.password }
    }
}

/// One line of the fleet.
#[derive(Serialize, ToSchema)]
pub struct DeviceSummary {
    id: Uuid,
    name: String,
    profile: String,
    /// `pending` until its first contact, then `active`
    status: String,
    /// `never`, `online`, `silent` or `offline`
    connectivity: String,
    last_seen: Option<When>,
    /// How much of what it sent was wrong.
    problems: u64,
    open_incidents: u64,
    created_at: When,
    /// Some of its newest values.
    values: BTreeMap<String, LatestValue>,
}

impl DeviceSummary {
    pub fn new(item: DeviceItem, open_incidents: u64) -> Self {
        Self {
            id: item.id.0,
            name: item.name.to_string(),
            profile: item.profile.to_string(),
            status: item.status.as_str().to_owned(),
            connectivity: spelled(&item.connectivity),
            last_seen: item.last_seen.map(When),
            problems: item.problems,
            open_incidents,
            created_at: When(item.created_at),
            values: values(item.values),
        }
    }
}

/// Of the whole fleet, whatever the filter.
#[derive(Serialize, ToSchema)]
pub struct FleetCounts {
    pub total: u64,
    /// Never heard of.
    pub pending: u64,
    pub online: u64,
    pub silent: u64,
    pub offline: u64,
    pub with_problems: u64,
}

impl From<Counts> for FleetCounts {
    fn from(counts: Counts) -> Self {
        let Counts { total, pending, online, silent, offline, with_problems } = counts;
        Self { total, pending, online, silent, offline, with_problems }
    }
}

/// What a device last said, and what people want it to be.
#[derive(Serialize, ToSchema)]
pub struct Twin {
    telemetry: BTreeMap<String, LatestValue>,
    /// What it says of itself.
    #[schema(value_type = Object)]
    reported: Json,
    #[schema(value_type = Object)]
    desired: Json,
    /// Rises with every change of `desired`.
    desired_version: u64,
}

#[derive(Serialize, ToSchema)]
pub struct ConnectionView {
    client_id: String,
    protocol: String,
    address: String,
    since: When,
}

#[derive(Serialize, ToSchema)]
pub struct DeviceCounters {
    messages: u64,
    points: u64,
    events: u64,
}

/// Everything about one device.
#[derive(Serialize, ToSchema)]
pub struct Device {
    #[serde(flatten)]
    summary: DeviceSummary,
    twin: Twin,
    /// Its live connection, when it has one.
    connection: Option<ConnectionView>,
    /// Why its connectivity is what it is.
    connectivity_reason: Option<String>,
    connectivity_reason_phrase: Option<PhraseView>,
    /// How long it usually is between two messages.
    rhythm_seconds: Option<f64>,
    /// Quiet for longer than this, it counts as silent.
    silent_after_seconds: Option<f64>,
    counters: DeviceCounters,
    credentials_username: String,
}

impl Device {
    pub fn new(detail: DeviceDetail, open_incidents: u64) -> Self {
        let TwinView { telemetry, reason, rhythm, counters, connection, .. } = detail.twin;
        Self {
            twin: Twin {
                telemetry: values(telemetry),
                reported: Json::Object(serde_json::Map::new()),
                desired: detail.desired,
                desired_version: detail.desired_version,
            },
            connection: connection.map(|connection| ConnectionView {
                client_id: connection.client_id,
                protocol: connection.protocol,
                address: connection.address,
                since: When(connection.since),
            }),
            connectivity_reason_phrase: reason.as_ref().and_then(PhraseView::of),
            connectivity_reason: reason.map(|reason| reason.to_string()),
            rhythm_seconds: rhythm.map(|rhythm| rhythm.usual.as_secs_f64()),
            silent_after_seconds: rhythm.map(|rhythm| rhythm.silent_after.as_secs_f64()),
            counters: DeviceCounters {
                messages: counters.messages,
                points: counters.points,
                events: counters.events,
            },
            credentials_username: detail.item.username.to_string(),
            summary: DeviceSummary::new(detail.item, open_incidents),
        }
    }
}
