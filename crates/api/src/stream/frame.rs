//! What goes over the wire: one JSON object per thing that happened.

use std::collections::BTreeMap;

use model::{
    Body, Connectivity, IncidentChangeKind, Presence, ProblemCode, Record, Severity, Timestamp, phrase,
};
use serde::Serialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::phrase::PhraseView;
use crate::when::When;

/// One message of the stream. `cursor` is the place right after it: give it back to go on from there.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Frame {
    /// The first frame: from where the stream goes on.
    Hello { cursor: String },
    /// Measurements of a device at one moment.
    Values { cursor: String, device: Uuid, ts: When, values: BTreeMap<String, Json> },
    /// A security event, as the device sent it.
    Event {
        cursor: String,
        device: Uuid,
        ts: When,
        #[schema(value_type = Object)]
        event: Box<RawValue>,
    },
    /// What we know of a device's presence has changed.
    Status {
        cursor: String,
        device: Uuid,
        from: String,
        to: String,
        reason: String,
        reason_phrase: Option<PhraseView>,
        at: When,
    },
    /// A device's connection came or went.
    Presence {
        cursor: String,
        device: Uuid,
        connected: bool,
        detail: String,
        detail_phrase: Option<PhraseView>,
        at: When,
    },
    /// An incident was opened, or something was done about it.
    Incident { cursor: String, incident: IncidentFrame, device: Option<Uuid>, at: When },
    /// A device sent something wrong.
    Problem {
        cursor: String,
        device: Option<Uuid>,
        code: String,
        topic: String,
        detail: String,
        detail_phrase: Option<PhraseView>,
        count: u64,
        at: When,
    },
    /// What lies between these two cursors cannot be shown any more. Load anew what you need of it.
    Gap { from: String, to: String, reason: String, reason_phrase: Option<PhraseView> },
    /// Nothing has happened for a while, and the connection is alive.
    Ping { cursor: String },
    /// The last frame: why the server closes the stream.
    End { cursor: String, reason: String, reason_phrase: Option<PhraseView> },
}

#[derive(Serialize, ToSchema)]
pub struct IncidentFrame {
    pub id: Uuid,
    /// `opened`, `finding_joined`, `acknowledged`, `assigned`, `commented`, `resolved` or `reopened`
    #[schema(value_type = String)]
    pub kind: IncidentChangeKind,
    pub title: String,
    #[schema(value_type = String)]
    pub severity: Severity,
    pub status: String,
}

/// A frame that waits for its cursor.
type Unplaced = Box<dyn FnOnce(String) -> Frame + Send>;

/// What a record says to a client: a message of several points is several frames, all else is at most one.
pub fn frames(record: Record) -> Vec<Unplaced> {
    let device = record.device.map(|device| device.0);
    let at = When(record.at);
    match (record.body, device) {
        (Body::Telemetry(telemetry), Some(device)) => telemetry
            .points
            .into_iter()
            .map(|point| -> Unplaced {
                Box::new(move |cursor| {
                    let values = point
                        .values
                        .into_iter()
                        .map(|(field, value)| (field.to_string(), value.to_json()))
                        .collect();
                    Frame::Values { cursor, device, ts: When(point.ts), values }
                })
            })
            .collect(),
        (Body::Event(event), Some(device)) => {
            one(move |cursor| event_frame(cursor, device, event.ts, event.json))
        }
        (Body::Status(change), Some(device)) => one(move |cursor| Frame::Status {
            cursor,
            device,
            from: connectivity(change.from),
            to: connectivity(change.to),
            reason: change.reason.to_string(),
            reason_phrase: PhraseView::of(&change.reason),
            at,
        }),
        (Body::Presence(presence), Some(device)) => one(move |cursor| {
            let (connected, detail) = match presence {
                Presence::Connected { protocol, address, .. } => (
                    true,
                    phrase!(
                        "protocol_from",
                        "{protocol} from {address}",
                        protocol = protocol,
                        address = address,
                    ),
                ),
                Presence::Disconnected { reason } => (false, reason),
            };
            let detail_phrase = PhraseView::of(&detail);
            Frame::Presence { cursor, device, connected, detail: detail.to_string(), detail_phrase, at }
        }),
        (Body::Incident(change), device) => one(move |cursor| Frame::Incident {
            cursor,
            incident: IncidentFrame {
                id: change.incident.0,
                kind: change.kind,
                title: change.title,
                severity: change.severity,
                status: change.status,
            },
            device,
            at,
        }),
        (Body::Problem(problem), device) => one(move |cursor| Frame::Problem {
            cursor,
            device,
            code: code(problem.code),
            topic: problem.topic,
            detail: problem.detail.to_string(),
            detail_phrase: PhraseView::of(&problem.detail),
            count: problem.count,
            at,
        }),
        _ => Vec::new(),
    }
}

fn one(frame: impl FnOnce(String) -> Frame + Send + 'static) -> Vec<Unplaced> {
    vec![Box::new(frame)]
}

fn event_frame(cursor: String, device: Uuid, ts: Timestamp, json: String) -> Frame {
    let event = RawValue::from_string(json).unwrap_or_else(|_| RawValue::NULL.to_owned());
    Frame::Event { cursor, device, ts: When(ts), event }
}

fn connectivity(state: Connectivity) -> String {
    spelled(&state)
}

fn code(code: ProblemCode) -> String {
    spelled(&code)
}

/// A unit variant as serde spells it.
pub fn spelled(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Json::String(text)) => text,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use model::{DeviceId, Point, Telemetry, TenantId, Value};

    use super::*;

    #[test]
    fn every_point_of_a_message_is_a_frame() {
        let point =
            |ms| Point { ts: Timestamp::from_millis(ms), values: vec![("t".into(), Value::Number(1.0))] };
        let record = Record {
            tenant: TenantId::generate(),
            device: Some(DeviceId::generate()),
            at: Timestamp::EPOCH,
            body: Body::Telemetry(Telemetry::of("p", vec![point(0), point(1)])),
        };
        let frames: Vec<Frame> = frames(record).into_iter().map(|frame| frame("c".into())).collect();
        let json = serde_json::to_value(&frames).unwrap();
        assert_eq!(json[1]["type"], "values");
        assert_eq!(json[1]["ts"], "1970-01-01T00:00:00.001Z");
        assert_eq!(json[1]["values"]["t"], 1.0);
    }

    #[test]
    fn codes_are_spelled_as_everywhere() {
        assert_eq!(code(ProblemCode::MalformedJson), "malformed_json");
        assert_eq!(connectivity(Connectivity::Offline), "offline");
    }
}
