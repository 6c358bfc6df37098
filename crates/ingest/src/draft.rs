//! One batch of a device's messages on its way into the journal: records to append, and a verdict for each message.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use backplane::journal::JournalError;
use bytes::Bytes;
use model::{
    Body, CommandId, DeviceEvent, MessageIdentity, Phrase, Point, Problem, ProblemCode, Reply, Telemetry,
    Timestamp, phrase,
};
use twox_hash::XxHash64;

use crate::accept::{Inner, encode};
use crate::conflicts;
use crate::devices::DeviceState;
use crate::message::{Identity, Message, Source};
use crate::payload::{
    EventMessage, FieldNames, Parsed, Reading, Refusal, parse_event, parse_reply, parse_telemetry,
};
use crate::stats::add;
use crate::topic::Topic;
use crate::verdict::Verdict;
use crate::window::{Earlier, Landing, Repeats};

/// For how long a message marked as sent again is taken for the one before it with its packet id and content, when no
/// time of its own proves it. A client that waits longer may mean a new message whose first copy never reached us:
/// storing a value twice is the smaller harm than acknowledging one that is lost.
const REPEATED_WITHIN: Duration = Duration::from_secs(5 * 60);

/// What tells a message from others, and the connection that it came on.
type Sent = (MessageIdentity, NonZeroU32);

pub(crate) struct Draft<'a> {
    inner: &'a Inner,
    source: &'a Source,
    now: Timestamp,
    state: &'a mut DeviceState,
    names: FieldNames,
    /// Measurements of messages in a row, which become one record.
    gathered: Option<Telemetry>,
    records: Vec<Bytes>,
    verdicts: Vec<Verdict>,
    /// A message of this batch is in the window.
    remembered: bool,
    /// Appends that hold the originals of messages sent again.
    originals: Vec<Landing>,
    failure: Option<JournalError>,
    /// The problems among the records.
    pub problems: Vec<Problem>,
}

/// What came of a batch.
pub(crate) struct Judged {
    pub records: Vec<Bytes>,
    pub verdicts: Vec<Verdict>,
    pub remembered: bool,
    pub originals: Vec<Landing>,
}

impl<'a> Draft<'a> {
    pub fn new(inner: &'a Inner, source: &'a Source, now: Timestamp, state: &'a mut DeviceState) -> Self {
        Self {
            inner,
            source,
            now,
            state,
            names: FieldNames::default(),
            gathered: None,
            records: Vec::new(),
            verdicts: Vec::new(),
            remembered: false,
            originals: Vec::new(),
            failure: None,
            problems: Vec::new(),
        }
    }

    pub fn judge(&mut self, message: &Message) {
        let identity = message.identity.map(|Identity { packet_id, connection, .. }| {
            (MessageIdentity { packet_id, digest: digest(&message.topic, &message.payload) }, connection)
        });
        let marked_again = message.identity.is_some_and(|identity| identity.dup);
        let lately = Repeats::Since(self.now.minus(REPEATED_WITHIN));
        let verdict = if marked_again && self.came_before(identity, |_| lately) {
            Verdict::Retransmitted
        } else {
            let judged = match Topic::parse(&message.topic) {
                Ok(Topic::Telemetry) => self.telemetry(message, identity),
                Ok(Topic::Events) => self.event(message, identity),
                Ok(Topic::Reply(command)) => self.reply(message, command),
                Err(explanation) => Err(Refusal::new(ProblemCode::UnknownTopic, explanation)),
            };
            judged.unwrap_or_else(|refusal| {
                self.problem(refusal.code, &message.topic, &refusal.explanation, &message.payload);
                Verdict::Refused { code: refusal.code, explanation: refusal.explanation }
            })
        };
        let counters = &self.inner.counters;
        match &verdict {
            Verdict::Accepted { .. } => add(&counters.accepted, 1),
            Verdict::Retransmitted => add(&counters.retransmitted, 1),
            Verdict::Refused { .. } => add(&counters.refused, 1),
        }
        self.verdicts.push(verdict);
    }

    fn telemetry(&mut self, message: &Message, identity: Option<Sent>) -> Result<Verdict, Refusal> {
        let Parsed { readings, explicit_ts, mut notes, left_out, collided, collisions } =
            parse_telemetry(&message.payload, self.now, &self.inner.config.limits, &mut self.names)?;
        if explicit_ts && self.came_before(identity, Repeats::BeforeNewOn) {
            return Ok(Verdict::Retransmitted);
        }
        self.left_out(left_out, readings.len(), message, &mut notes);
        self.conflicts(&readings, message, &mut notes);
        if collisions > 0 {
            let detail = collided_words(&collided, collisions);
            self.problem(ProblemCode::FieldsCollide, &message.topic, &detail, &message.payload);
        }
        let count = readings.len();
        add(&self.inner.counters.points, count);
        self.gather(readings, identity);
        Ok(Verdict::Accepted { points: count, notes })
    }

    fn gather(&mut self, readings: Vec<Reading>, identity: Option<Sent>) {
        let more = readings.len();
        if self.gathered.as_ref().is_some_and(|known| known.points.len() + more > Telemetry::MOST_POINTS) {
            self.push_gathered();
        }
        let gathered = self.gathered.get_or_insert_with(|| Telemetry {
            profile: self.source.profile.to_string(),
            messages: 0,
            identities: Vec::new(),
            points: Vec::new(),
        });
        gathered.messages += 1;
        gathered.identities.extend(identity.map(|(identity, _)| identity));
        gathered.points.extend(readings.into_iter().map(|Reading { ts, values }| Point {
            ts: ts.unwrap_or_else(|| self.state.give_time(self.now)),
            values,
        }));
        self.remember(identity);
    }

    fn left_out(&mut self, left_out: Vec<Refusal>, kept: usize, message: &Message, notes: &mut Vec<String>) {
        let count = left_out.len();
        let Some(first) = left_out.into_iter().next() else { return };
        let detail = phrase!(
            "elements_left_out",
            "{count} of {all} elements were left out, the others are stored. {problem}",
            count = count,
            all = count + kept,
            problem = first.explanation,
        );
        self.problem(first.code, &message.topic, &detail, &message.payload);
        notes.push(detail.to_string());
    }

    fn conflicts(&mut self, readings: &[Reading], message: &Message, notes: &mut Vec<String>) {
        let Source { tenant, profile, .. } = self.source;
        let kinds = match &self.state.kinds {
            Some((name, kinds)) if name == profile => kinds.clone(),
            _ => {
                let kinds = self.inner.kinds.profile(*tenant, profile);
                self.state.kinds = Some((profile.clone(), kinds.clone()));
                kinds
            }
        };
        let conflicts = self.inner.kinds.conflicts(*tenant, profile, &kinds, readings);
        if !conflicts.is_empty() {
            let detail = conflicts::explain(&conflicts, profile);
            self.problem(ProblemCode::TypeConflict, &message.topic, &detail, &message.payload);
            notes.push(detail.to_string());
        }
    }

    fn event(&mut self, message: &Message, identity: Option<Sent>) -> Result<Verdict, Refusal> {
        let EventMessage { ts, json, bad_ts, mut notes } =
            parse_event(&message.payload, self.now, &self.inner.config.limits)?;
        if ts.is_some() && self.came_before(identity, Repeats::BeforeNewOn) {
            return Ok(Verdict::Retransmitted);
        }
        if let Some(refusal) = bad_ts {
            let detail = phrase!(
                "event_at_server_time",
                "the event is stored at the server's time. {problem}",
                problem = refusal.explanation,
            );
            self.problem(refusal.code, &message.topic, &detail, &message.payload);
            notes.push(detail.to_string());
        }
        let ts = ts.unwrap_or_else(|| self.state.give_time(self.now));
        let profile = self.source.profile.to_string();
        add(&self.inner.counters.events, 1);
        self.push(Body::Event(DeviceEvent {
            profile,
            ts,
            identity: identity.map(|(identity, _)| identity),
            json: json.to_owned(),
        }));
        self.remember(identity);
        Ok(Verdict::Accepted { points: 1, notes })
    }

    fn reply(&mut self, message: &Message, command: CommandId) -> Result<Verdict, Refusal> {
        let json = parse_reply(&message.payload, &self.inner.config.limits)?.to_owned();
        self.push(Body::Reply(Reply { command, json }));
        Ok(Verdict::Accepted { points: 0, notes: Vec::new() })
    }

    /// Whether the message was stored before. If that is not durable yet, the batch waits for it.
    fn came_before(&mut self, identity: Option<Sent>, repeats: impl FnOnce(NonZeroU32) -> Repeats) -> bool {
        let Some((identity, connection)) = identity else { return false };
        match self.state.window.look_up(identity, repeats(connection)) {
            Earlier::Unknown => false,
            Earlier::Durable | Earlier::ThisBatch => true,
            Earlier::InFlight(landing) => {
                self.originals.push(landing);
                true
            }
        }
    }

    fn remember(&mut self, identity: Option<Sent>) {
        if let Some((identity, connection)) = identity {
            self.state.window.remember(identity, Some(connection), self.now);
            self.remembered = true;
        }
    }

    /// Records are in the order of what they tell of.
    pub fn push(&mut self, body: Body) {
        self.push_gathered();
        self.encode(body);
    }

    fn push_gathered(&mut self) {
        if let Some(telemetry) = self.gathered.take() {
            self.encode(Body::Telemetry(telemetry));
        }
    }

    /// # Errors
    /// A record could not be written.
    pub fn finish(mut self) -> Result<Judged, JournalError> {
        self.push_gathered();
        let Self { records, verdicts, remembered, originals, failure, .. } = self;
        match failure {
            Some(failure) => Err(failure),
            None => Ok(Judged { records, verdicts, remembered, originals }),
        }
    }

    fn encode(&mut self, body: Body) {
        match encode(self.source.tenant, self.source.device, self.now, body) {
            Ok(record) => self.records.push(record),
            Err(error) => self.failure = Some(error),
        }
    }

    pub fn problem(&mut self, code: ProblemCode, topic: &str, detail: &Phrase, payload: &Bytes) {
        self.inner.counters.problem(code);
        let was_quiet = self.state.problems.is_quiet();
        let every = self.inner.config.problem_every;
        match self.state.problems.note(code, topic, detail, payload, self.now, every) {
            Some(problem) => {
                self.problems.push(problem.clone());
                self.push(Body::Problem(problem));
            }
            None if was_quiet => self.inner.held.lock().push(self.source.device),
            None => {}
        }
    }
}

fn collided_words(fields: &[Arc<str>], times: usize) -> Phrase {
    let more = times > fields.len();
    let fields = fields.join(", ");
    if more {
        return phrase!(
            "fields_collide_and_more",
            "{fields} (and more): several values of one measurement have this name, or get it because names are lowered to a-z0-9_. Only the last one is stored; give each field a name of its own.",
            fields = fields,
        );
    }
    phrase!(
        "fields_collide",
        "{fields}: several values of one measurement have this name, or get it because names are lowered to a-z0-9_. Only the last one is stored; give each field a name of its own.",
        fields = fields,
    )
}

/// XXH64 of topic and payload: quick, and the same in every version, as the journal keeps it. It need not withstand an
/// attacker: a device that makes two of its own messages collide loses one of its own.
fn digest(topic: &str, payload: &[u8]) -> u64 {
    XxHash64::oneshot(XxHash64::oneshot(0, topic.as_bytes()), payload)
}
