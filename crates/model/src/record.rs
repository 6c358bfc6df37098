//! What the journal holds: one record per thing that happened.
//!
//! Encoded as one version byte and a postcard body. Variants are only ever appended to [`Body`], and fields to a new
//! version, so that a journal written by an older binary stays readable. Version 1 was never released.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{
    CommandId, DeviceId, FindingId, IncidentId, Phrase, RuleId, Severity, Telemetry, TenantId, Timestamp,
};

const VERSION: u8 = 2;

/// Something that happened, in one tenant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub tenant: TenantId,
    /// The device that it concerns.
    pub device: Option<DeviceId>,
    /// When we received or decided it. A measurement's own time is in its points.
    pub at: Timestamp,
    pub body: Body,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Body {
    Telemetry(Telemetry),
    Event(DeviceEvent),
    Problem(Problem),
    Presence(Presence),
    Status(StatusChange),
    Finding(Finding),
    Incident(IncidentChange),
    Reply(Reply),
}

/// Which [`Body`] a record has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    Telemetry,
    Event,
    Problem,
    Presence,
    Status,
    Finding,
    Incident,
    Reply,
}

/// How a record begins: enough to tell whether the rest is worth reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Header {
    pub tenant: TenantId,
    pub device: Option<DeviceId>,
    pub at: Timestamp,
    /// Written as the number of the body's variant.
    pub kind: Kind,
}

/// Recognises a QoS 1 or 2 message that a client sends again because it missed our acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageIdentity {
    pub packet_id: u16,
    /// Of topic and payload.
    pub digest: u64,
}

/// A security event of a device, with the JSON object just as it was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceEvent {
    pub profile: String,
    pub ts: Timestamp,
    pub identity: Option<MessageIdentity>,
    pub json: String,
}

/// Something that a device sent and that an operator should know was wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    pub code: ProblemCode,
    pub topic: String,
    /// What was wrong, what was kept, what to do.
    pub detail: Phrase,
    /// The start of the payload (at most 1 KiB), so that nothing refused is lost to sight.
    pub sample: Bytes,
    /// How many times it happened since the last such record (problems are recorded at most once a second per
    /// device and code; the count loses none).
    pub count: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// A known device came with a wrong password.
    WrongPassword,
    UnknownTopic,
    NotAllowed,
    MalformedJson,
    /// JSON, but not an object of fields, `{"ts","values"}` or an array of those.
    WrongShape,
    TooLarge,
    TimestampOutOfRange,
    NotANumber,
    TooManyFields,
    /// A field came with another type than its profile has; the value is kept in a column of its own.
    TypeConflict,
    ProtocolError,
    /// Several fields of one measurement have the same name, or become the same column: only the last is kept.
    FieldsCollide,
    /// A reply to a command that the device was never sent.
    UnknownCommand,
}

/// A device's connection came or went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Presence {
    Connected { protocol: String, client_id: String, address: String },
    Disconnected { reason: Phrase },
}

/// What we know of a device's presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connectivity {
    /// Never heard of.
    Never,
    /// Connected, or heard of within its rhythm.
    Online,
    /// Connected, or connectionless, but quiet for much longer than its rhythm.
    Silent,
    /// Its connection ended.
    Offline,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusChange {
    pub from: Connectivity,
    pub to: Connectivity,
    /// Why: "last message 2026-11-22T09:54:06Z, usually every 30 s". Moments, not ages: it is read later too.
    pub reason: Phrase,
}

/// A rule matched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub id: FindingId,
    pub rule: RuleId,
    pub rule_name: String,
    pub severity: Severity,
    /// When it happened by the device's own time.
    pub ts: Timestamp,
    /// A sentence with the facts: "temperature 96.2 above 90 for 10 min".
    pub title: String,
    /// JSON object: the matched event or the field, value and limit.
    pub evidence: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentChange {
    pub incident: IncidentId,
    pub kind: IncidentChangeKind,
    pub title: String,
    pub severity: Severity,
    pub status: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentChangeKind {
    Opened,
    FindingJoined,
    Acknowledged,
    Assigned,
    Commented,
    Resolved,
    Reopened,
}

/// A device's answer to a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    pub command: CommandId,
    pub json: String,
}

#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("the record is empty")]
    Empty,
    #[error(
        "the record has version {0}, which this binary does not know: it was written by a newer one, or before the first release"
    )]
    UnknownVersion(u8),
    #[error("the record is damaged: {0}")]
    Damaged(#[from] postcard::Error),
}

impl Header {
    /// # Errors
    /// As [`Record::decode`]; what follows the header is not looked at.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        Ok(postcard::take_from_bytes(body(bytes)?)?.0)
    }
}

/// What comes after the version.
pub(crate) fn body(bytes: &[u8]) -> Result<&[u8], RecordError> {
    match bytes.split_first() {
        None => Err(RecordError::Empty),
        Some((&VERSION, body)) => Ok(body),
        Some((&version, _)) => Err(RecordError::UnknownVersion(version)),
    }
}

impl Body {
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Telemetry(_) => Kind::Telemetry,
            Self::Event(_) => Kind::Event,
            Self::Problem(_) => Kind::Problem,
            Self::Presence(_) => Kind::Presence,
            Self::Status(_) => Kind::Status,
            Self::Finding(_) => Kind::Finding,
            Self::Incident(_) => Kind::Incident,
            Self::Reply(_) => Kind::Reply,
        }
    }
}

impl Record {
    #[must_use]
    pub const fn header(&self) -> Header {
        Header { tenant: self.tenant, device: self.device, at: self.at, kind: self.body.kind() }
    }

    /// # Errors
    /// Serialisation failed; with these types it does not.
    pub fn encode(&self) -> Result<Bytes, RecordError> {
        let mut buffer = Vec::with_capacity(128);
        buffer.push(VERSION);
        Ok(postcard::to_extend(self, buffer)?.into())
    }

    /// # Errors
    /// The bytes are not a record, or one of a version that this binary does not know.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        Ok(postcard::from_bytes(body(bytes)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Point, Value};

    #[test]
    fn a_record_survives_the_journal() {
        let record = Record {
            tenant: TenantId::generate(),
            device: Some(DeviceId::generate()),
            at: Timestamp::from_millis(1_700_000_000_000),
            body: Body::Telemetry(Telemetry {
                profile: "thermostat".into(),
                messages: 1,
                identities: vec![MessageIdentity { packet_id: 7, digest: 42 }],
                points: vec![Point {
                    ts: Timestamp::from_millis(1_700_000_000_000),
                    values: vec![
                        ("temperature".into(), Value::Number(21.5)),
                        ("on".into(), Value::Bool(true)),
                    ],
                }],
            }),
        };
        let bytes = record.encode().unwrap();
        assert_eq!(Record::decode(&bytes).unwrap(), record);
    }

    #[test]
    fn every_kind_of_record_is_known_by_its_header() {
        let (finding, incident) = (FindingId::generate(), IncidentId::generate());
        let text = String::new;
        let bodies = [
            Body::Telemetry(Telemetry::of("p", Vec::new())),
            Body::Event(DeviceEvent { profile: text(), ts: Timestamp::EPOCH, identity: None, json: text() }),
            Body::Problem(Problem {
                code: ProblemCode::TooLarge,
                topic: text(),
                detail: Phrase::plain(""),
                sample: Bytes::new(),
                count: 1,
            }),
            Body::Presence(Presence::Disconnected { reason: Phrase::plain("") }),
            Body::Status(StatusChange {
                from: Connectivity::Never,
                to: Connectivity::Online,
                reason: Phrase::plain(""),
            }),
            Body::Finding(Finding {
                id: finding,
                rule: RuleId::generate(),
                rule_name: text(),
                severity: Severity::High,
                ts: Timestamp::EPOCH,
                title: text(),
                evidence: text(),
            }),
            Body::Incident(IncidentChange {
                incident,
                kind: IncidentChangeKind::Opened,
                title: text(),
                severity: Severity::High,
                status: text(),
            }),
            Body::Reply(Reply { command: CommandId::generate(), json: text() }),
        ];
        for (number, body) in (0_u8..).zip(bodies) {
            let device = number.is_multiple_of(2).then(DeviceId::generate);
            let at = Timestamp::from_millis(1_700_000_000_000);
            let record = Record { tenant: TenantId::generate(), device, at, body };
            let bytes = record.encode().unwrap();
            assert_eq!(Header::decode(&bytes).unwrap(), record.header());
            assert_eq!(postcard::to_stdvec(&record.body.kind()).unwrap(), [number]);
        }
    }

    #[test]
    fn a_newer_version_is_told_apart_from_damage() {
        assert!(matches!(Record::decode(&[9, 0]), Err(RecordError::UnknownVersion(9))));
        assert!(matches!(Record::decode(&[VERSION, 0xff]), Err(RecordError::Damaged(_))));
        assert!(matches!(Record::decode(&[]), Err(RecordError::Empty)));
    }
}
