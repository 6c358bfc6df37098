//! Security events: any JSON object, kept to the letter. And replies to commands, which are any JSON at all.

use model::{ProblemCode, Timestamp, phrase};

use super::explain::Refusal;
use super::limits::Limits;
use super::reader::{Reader, Start};
use super::telemetry::too_large;
use super::ts;

/// An event that can be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct EventMessage<'a> {
    /// Its own time, if it came with one that can be true.
    pub ts: Option<Timestamp>,
    /// The object as it was sent.
    pub json: &'a str,
    /// A time that cannot be true. The event is kept, at the server's time: an attacked device's clock may well be
    /// wrong, and what it reports matters most then.
    pub bad_ts: Option<Refusal>,
    pub notes: Vec<String>,
}

/// # Errors
/// The refusal, when the payload is not a JSON object.
pub fn parse_event<'a>(
    payload: &'a [u8],
    now: Timestamp,
    limits: &Limits,
) -> Result<EventMessage<'a>, Refusal> {
    too_large(payload, limits)?;
    let mut reader = Reader::new(payload, limits.depth)?;
    if reader.start()? != Start::Object {
        // Malformed comes before misshapen: say the first thing that has to change.
        reader.raw()?;
        return Err(wrong_shape());
    }
    let mut event = EventMessage { ts: None, json: "", bad_ts: None, notes: Vec::new() };
    reader.open()?;
    let mut first = true;
    while let Some(key) = reader.key(&mut first)? {
        let start = reader.start()?;
        if key != "ts" {
            reader.raw()?;
        } else if start == Start::Number {
            (event.ts, event.bad_ts) = match ts::check(reader.number()?, now) {
                Ok(ts) => (Some(ts), None),
                Err(refusal) => (None, Some(refusal)),
            };
        } else {
            reader.raw()?;
            event.notes.push("ts is not a number of milliseconds, so the server's time is used".into());
        }
        if reader.keys > limits.fields {
            return Err(Refusal::new(
                ProblemCode::TooManyFields,
                phrase!(
                    "event_fields",
                    "more than {most} fields in one event, at {place}.",
                    most = limits.fields,
                    place = reader.place(),
                ),
            ));
        }
    }
    reader.end()?;
    if reader.keys == 0 {
        return Err(wrong_shape());
    }
    event.json = std::str::from_utf8(payload).unwrap_or_default().trim_ascii();
    Ok(event)
}

fn wrong_shape() -> Refusal {
    Refusal::new(
        ProblemCode::WrongShape,
        phrase!(
            "event_shape",
            "an event is a JSON object with at least one field, such as {\"action\":\"login\",\"outcome\":\"failure\"}.",
        ),
    )
}

/// # Errors
/// The refusal, when the payload is not JSON.
pub fn parse_reply<'a>(payload: &'a [u8], limits: &Limits) -> Result<&'a str, Refusal> {
    too_large(payload, limits)?;
    let mut reader = Reader::new(payload, limits.depth)?;
    let json = reader.raw()?;
    reader.end()?;
    Ok(json)
}
