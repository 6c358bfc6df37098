//! One twin, and how a record changes it.

use std::sync::Arc;

use bytes::Bytes;
use model::{
    Body, Connectivity, Phrase, Presence, Problem, ProblemCode, Record, TelemetryRef, TenantId, Timestamp,
    Value, ValueRef,
};
use serde::{Deserialize, Serialize};

use super::TwinsConfig;
use super::rhythm::Intervals;
use super::view::{Connection, Counters, FieldValue, ProblemSummary, TwinView};

/// The reason when we ended its connection because we could not keep what it sent.
const OUR_REFUSAL: &str = "not_stored_now";
/// As many fields are shown of one device; the lake has the others.
const MOST_FIELDS: usize = 1_024;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Twin {
    pub tenant: TenantId,
    /// By name.
    telemetry: Vec<(Arc<str>, Timestamp, Value)>,
    pub connectivity: Connectivity,
    reason: Option<Phrase>,
    pub last_seen: Option<Timestamp>,
    pub intervals: Intervals,
    counters: Counters,
    /// Whether it has a connection. Its end is told only when none is left.
    pub connected: bool,
    pub connection: Option<Connection>,
    pub ended: Option<Ended>,
    problems: Vec<Problems>,
    /// Has made contact.
    pub contacted: bool,
    /// Since when a connection is missing that we ended, by a restart or because we could not keep its messages.
    pub lost: Option<Timestamp>,
    /// A change of connectivity that is on its way through the journal.
    #[serde(skip)]
    pub announced: Option<Connectivity>,
}

/// How its last connection ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ended {
    pub at: Timestamp,
    pub began: Timestamp,
    pub reason: Phrase,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Problems {
    code: ProblemCode,
    topic: String,
    detail: Phrase,
    sample: Bytes,
    count: u64,
    first_at: Timestamp,
    last_at: Timestamp,
}

impl Twin {
    pub fn new(tenant: TenantId) -> Self {
        Self {
            tenant,
            telemetry: Vec::new(),
            connectivity: Connectivity::Never,
            reason: None,
            last_seen: None,
            intervals: Intervals::default(),
            counters: Counters::default(),
            connected: false,
            connection: None,
            ended: None,
            problems: Vec::new(),
            contacted: false,
            lost: None,
            announced: None,
        }
    }

    /// Applies a record of this device. Returns whether it was the first contact.
    pub fn apply(&mut self, record: Record) -> bool {
        let at = record.at;
        let contact = match record.body {
            Body::Telemetry(telemetry) => return self.measured(at, &telemetry.view()),
            Body::Event(_) => {
                self.intervals.heard(at);
                self.counters.events += 1;
                true
            }
            Body::Problem(problem) => {
                let contact = problem.code != ProblemCode::WrongPassword;
                self.note(problem, at);
                contact
            }
            Body::Presence(Presence::Connected { protocol, client_id, address }) => {
                self.connected = true;
                self.connection = Some(Connection { client_id, protocol, address, since: at });
                self.lost = None;
                true
            }
            Body::Presence(Presence::Disconnected { reason }) => {
                self.connected = false;
                // It was we who went: the device gets time to come back, as after a crash of ours.
                if reason == Phrase::server_shutting_down() {
                    (self.connection, self.lost) = (None, Some(at));
                    return false;
                }
                let began = self.connection.take().map_or(at, |connection| connection.since);
                if reason.code() == OUR_REFUSAL {
                    self.lost = Some(at);
                }
                self.ended = Some(Ended { at, began, reason });
                return false;
            }
            Body::Reply(_) => true,
            Body::Status(change) => {
                self.connectivity = change.to;
                self.reason = Some(change.reason);
                // Another change may be on its way already.
                self.announced = self.announced.filter(|announced| *announced != change.to);
                return false;
            }
            Body::Finding(_) | Body::Incident(_) => return false,
        };
        contact && self.seen(at)
    }

    /// Applies measurements of this device. Returns whether they were the first contact.
    pub fn measured(&mut self, at: Timestamp, telemetry: &TelemetryRef<'_>) -> bool {
        self.intervals.heard(at);
        self.counters.messages += u64::from(telemetry.messages);
        self.counters.points += telemetry.points().len() as u64;
        // Of a batch only each field's newest value is worth a search and a copy.
        let mut newest: Vec<Option<(Timestamp, ValueRef<'_>)>> = vec![None; telemetry.names.len()];
        for (ts, values) in telemetry.points() {
            for (name, value) in values {
                if let Some(slot) = newest.get_mut(*name)
                    && slot.is_none_or(|(known, _)| known <= ts)
                {
                    *slot = Some((ts, *value));
                }
            }
        }
        for (name, newest) in telemetry.names.iter().zip(newest) {
            if let Some((ts, value)) = newest {
                self.put(name, ts, value);
            }
        }
        self.seen(at)
    }

    fn seen(&mut self, at: Timestamp) -> bool {
        self.last_seen = self.last_seen.max(Some(at));
        !std::mem::replace(&mut self.contacted, true)
    }

    /// Keeps the value if none of this field is newer.
    fn put(&mut self, field: &str, ts: Timestamp, value: ValueRef<'_>) {
        match self.telemetry.binary_search_by(|(known, ..)| known.as_ref().cmp(field)) {
            Ok(at) => {
                if let Some(slot) = self.telemetry.get_mut(at).filter(|slot| slot.1 <= ts) {
                    (slot.1, slot.2) = (ts, value.owned());
                }
            }
            Err(at) if self.telemetry.len() < MOST_FIELDS => {
                self.telemetry.insert(at, (field.into(), ts, value.owned()));
            }
            Err(_) => self.replace_stalest(field, ts, value),
        }
    }

    /// Makes room for a field of a device that has had too many: the one that was silent longest is not shown any more.
    fn replace_stalest(&mut self, field: &str, ts: Timestamp, value: ValueRef<'_>) {
        let stalest = self.telemetry.iter().enumerate().min_by_key(|(_, (_, ts, _))| *ts);
        let Some((at, _)) = stalest.filter(|(_, (_, known, _))| *known <= ts) else { return };
        self.telemetry.remove(at);
        let place = self.telemetry.partition_point(|(known, ..)| known.as_ref() < field);
        self.telemetry.insert(place, (field.into(), ts, value.owned()));
    }

    fn note(&mut self, problem: Problem, at: Timestamp) {
        let Problem { code, topic, detail, sample, count } = problem;
        match self.problems.iter_mut().find(|known| known.code == code) {
            Some(known) => {
                known.count += count;
                (known.topic, known.detail, known.sample, known.last_at) = (topic, detail, sample, at);
            }
            None => {
                self.problems.push(Problems {
                    code,
                    topic,
                    detail,
                    sample,
                    count,
                    first_at: at,
                    last_at: at,
                });
            }
        }
    }

    pub fn problem_count(&self) -> u64 {
        self.problems.iter().map(|problem| problem.count).sum()
    }

    /// The first `most` fields by name.
    pub fn values(&self, most: usize) -> Vec<FieldValue> {
        self.telemetry
            .iter()
            .take(most)
            .map(|(field, ts, value)| FieldValue { field: field.clone(), value: value.clone(), ts: *ts })
            .collect()
    }

    pub fn view(&self, config: &TwinsConfig) -> TwinView {
        let mut problems: Vec<_> = self
            .problems
            .iter()
            .map(|problem| ProblemSummary {
                code: problem.code,
                topic: problem.topic.clone(),
                detail: problem.detail.clone(),
                sample: problem.sample.clone(),
                count: problem.count,
                first_at: problem.first_at,
                last_at: problem.last_at,
                kept: is_kept(problem.code, &problem.topic),
            })
            .collect();
        problems.sort_by_key(|problem| std::cmp::Reverse(problem.last_at));
        TwinView {
            telemetry: self.values(usize::MAX),
            connectivity: self.connectivity,
            reason: self.reason.clone(),
            last_seen: self.last_seen,
            rhythm: self.intervals.rhythm(config),
            counters: self.counters,
            connection: self.connection.clone().filter(|_| self.lost.is_none()),
            problems,
        }
    }
}

/// Whether what such a problem is about was stored nevertheless.
fn is_kept(code: ProblemCode, topic: &str) -> bool {
    match code {
        ProblemCode::TypeConflict | ProblemCode::FieldsCollide => true,
        ProblemCode::TimestampOutOfRange => topic == "events",
        _ => false,
    }
}
