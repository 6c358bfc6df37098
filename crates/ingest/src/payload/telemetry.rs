//! Measurements: `{"temperature":21.5}`, `{"ts":ms,"values":{…}}`, or an array of those, in one pass into points.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use model::{Phrase, ProblemCode, Timestamp, Value, field_name, phrase};

use super::explain::{Refusal, shorten};
use super::limits::Limits;
use super::names::FieldNames;
use super::reader::{Reader, Start};
use super::ts;

/// One row to be: its own time, if it came with one, and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub ts: Option<Timestamp>,
    pub values: Vec<(Arc<str>, Value)>,
}

/// A message of measurements that can be stored, at least in part.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Parsed {
    pub readings: Vec<Reading>,
    /// At least one reading came with its own time.
    pub explicit_ts: bool,
    /// What was adapted on the way.
    pub notes: Vec<String>,
    /// Elements of an array whose time cannot be true. The others are kept: a device that was offline for a day
    /// should not lose all of it to one bad clock reading.
    pub left_out: Vec<Refusal>,
    /// Fields that had a value twice, of which the first is lost: the first few, and how often it happened.
    pub collided: Vec<Arc<str>>,
    pub collisions: usize,
}

/// Collisions that are told by name.
const MOST_NAMED: usize = 3;
/// Notes are for a person; nobody reads the seventeenth.
const MOST_NOTES: usize = 16;
/// From here on duplicate names are found by a map instead of by looking.
const MANY: usize = 24;

/// `names` are those of the messages before it, which this one probably shares.
///
/// # Errors
/// The refusal, when nothing of the message can be stored.
pub fn parse_telemetry(
    payload: &[u8],
    now: Timestamp,
    limits: &Limits,
    names: &mut FieldNames,
) -> Result<Parsed, Refusal> {
    too_large(payload, limits)?;
    let reader = Reader::new(payload, limits.depth)?;
    let mut parser = Parser { reader, now, limits, names, parsed: Parsed::default() };
    match parser.reader.start()? {
        Start::Object => match parser.reading()? {
            Ok(reading) => parser.keep(reading),
            Err(refusal) => {
                parser.reader.end()?;
                return Err(refusal);
            }
        },
        Start::Array => parser.array()?,
        other => {
            return Err(wrong_shape(phrase!("bare_value", "a bare {kind}", kind = noun(other))));
        }
    }
    parser.reader.end()?;
    let mut parsed = parser.parsed;
    if parsed.readings.is_empty() {
        let mut left_out = parsed.left_out.into_iter();
        let first = left_out.next().unwrap_or_else(|| wrong_shape(phrase!("empty_array", "an empty array")));
        let more = left_out.len();
        if more == 0 {
            return Err(first);
        }
        let explanation = phrase!(
            "and_more_elements",
            "{problem} The same is true of {more} more elements.",
            problem = first.explanation,
            more = more,
        );
        return Err(Refusal::new(first.code, explanation));
    }
    if parsed.notes.len() > MOST_NOTES {
        let more = parsed.notes.len() - MOST_NOTES;
        parsed.notes.truncate(MOST_NOTES);
        parsed.notes.push(format!("and {more} more notes of this kind"));
    }
    Ok(parsed)
}

pub(super) fn too_large(payload: &[u8], limits: &Limits) -> Result<(), Refusal> {
    if payload.len() <= limits.payload_bytes {
        return Ok(());
    }
    Err(Refusal::new(
        ProblemCode::TooLarge,
        phrase!(
            "payload_too_large",
            "the payload has {size} bytes; at most {most} are taken. Send it in several messages.",
            size = payload.len(),
            most = limits.payload_bytes,
        ),
    ))
}

fn wrong_shape(found: Phrase) -> Refusal {
    Refusal::new(
        ProblemCode::WrongShape,
        phrase!(
            "wrong_shape",
            "{found} is not a measurement. Send an object of fields such as {\"temperature\":21.5}, {\"ts\":1763750000000,\"values\":{\"temperature\":21.5}}, or an array of those.",
            found = found,
        ),
    )
}

fn noun(start: Start) -> Phrase {
    match start {
        Start::Object => phrase!("json_object", "object"),
        Start::Array => phrase!("json_array", "array"),
        Start::Text => phrase!("kind_text", "text"),
        Start::Number => phrase!("kind_number", "number"),
        Start::True | Start::False => phrase!("json_bool", "true or false"),
        Start::Null => phrase!("json_null", "null"),
    }
}

struct Parser<'a> {
    reader: Reader<'a>,
    now: Timestamp,
    limits: &'a Limits,
    names: &'a mut FieldNames,
    parsed: Parsed,
}

impl Parser<'_> {
    fn keep(&mut self, reading: Reading) {
        self.parsed.explicit_ts |= reading.ts.is_some();
        self.parsed.readings.push(reading);
    }

    fn array(&mut self) -> Result<(), Refusal> {
        self.reader.open()?;
        let (mut first, mut index) = (true, 0_usize);
        while self.reader.item(&mut first)? {
            match self.reader.start()? {
                Start::Object => {}
                other => {
                    return Err(wrong_shape(phrase!(
                        "array_element",
                        "element {index} of the array ({kind})",
                        index = index,
                        kind = noun(other),
                    )));
                }
            }
            match self.reading().map_err(|refusal| within(index, refusal))? {
                Ok(reading) => self.keep(reading),
                Err(refusal) => self.parsed.left_out.push(within(index, refusal)),
            }
            index += 1;
        }
        Ok(())
    }

    /// One object. The inner error is a time that cannot be true: the JSON itself was fine and has been read.
    fn reading(&mut self) -> Result<Result<Reading, Refusal>, Refusal> {
        let position = self.reader.position();
        self.reader.open()?;
        let mut ts = None;
        let mut fields = Fields::default();
        let mut wrapped: Option<Fields> = None;
        let mut first = true;
        while let Some(key) = self.reader.key(&mut first)? {
            let start = self.reader.start()?;
            match (key.as_ref(), start) {
                ("ts", _) => ts = self.ts(start)?,
                ("values", Start::Object) => self.object("", wrapped.get_or_insert_default())?,
                _ => self.value(key, start, &mut fields)?,
            }
        }
        let mut values_are_empty = false;
        if let Some(wrapped) = wrapped {
            if wrapped.values.is_empty() {
                values_are_empty = true;
            }
            if fields.values.is_empty() {
                fields = wrapped;
            } else {
                for (name, value) in wrapped.values {
                    let name = self.names.get(&field_name(&format!("values_{name}")));
                    self.put(name, value, &mut fields);
                }
                self.parsed
                    .notes
                    .push("fields stood beside \"values\", so its own fields begin with values_".into());
            }
        }
        if fields.values.is_empty() {
            let place = self.reader.place_of(position);
            return Err(wrong_shape(if values_are_empty {
                phrase!("values_empty", "\"values\" without a value at {place}", place = place)
            } else {
                phrase!("object_empty", "an object without a value at {place}", place = place)
            }));
        }
        Ok(match ts {
            Some(Err(refusal)) => Err(refusal),
            ts => Ok(Reading { ts: ts.and_then(Result::ok), values: fields.values }),
        })
    }

    fn ts(&mut self, start: Start) -> Result<Option<Result<Timestamp, Refusal>>, Refusal> {
        match start {
            Start::Number => Ok(Some(ts::check(self.reader.number()?, self.now))),
            Start::Null => {
                self.reader.word(start);
                Ok(None)
            }
            other => Err(Refusal::new(
                ProblemCode::WrongShape,
                phrase!(
                    "ts_not_a_number",
                    "ts at {place} is of type {kind}, but must be a number: milliseconds since 1970 in UTC, such as {example}.",
                    place = self.reader.place(),
                    kind = noun(other),
                    example = self.now.as_millis().to_string(),
                ),
            )),
        }
    }

    fn object(&mut self, prefix: &str, fields: &mut Fields) -> Result<(), Refusal> {
        self.reader.open()?;
        let mut first = true;
        while let Some(key) = self.reader.key(&mut first)? {
            let start = self.reader.start()?;
            let key = if prefix.is_empty() { key } else { Cow::Owned(format!("{prefix}_{key}")) };
            self.value(key, start, fields)?;
        }
        Ok(())
    }

    fn value(&mut self, key: Cow<'_, str>, start: Start, fields: &mut Fields) -> Result<(), Refusal> {
        let value = match start {
            Start::Number => {
                let number = self.reader.number()?;
                if std::mem::take(&mut self.reader.rounded) {
                    let name = shorten(&key);
                    self.parsed.notes.push(format!(
                        "\"{name}\" is a whole number beyond 2^53 and was rounded to {number}; send it as text to keep \
                         every digit"
                    ));
                }
                // -0 is 0: SQL has two ways of comparing them, and they disagree.
                Value::Number(number + 0.0)
            }
            Start::True | Start::False => {
                self.reader.word(start);
                Value::Bool(start == Start::True)
            }
            Start::Text => {
                let text = self.reader.string()?;
                self.fits(&key, text.len())?;
                Value::Text(text.into_owned())
            }
            Start::Array => {
                let raw = self.reader.raw()?;
                self.fits(&key, raw.len())?;
                Value::Json(raw.to_owned())
            }
            Start::Object => return self.object(&key, fields),
            Start::Null => {
                self.reader.word(start);
                self.parsed
                    .notes
                    .push(format!("\"{}\" was null, so nothing is stored for it", shorten(&key)));
                return Ok(());
            }
        };
        let name = field_name(&key);
        if name != key {
            self.parsed.notes.push(format!("\"{}\" is stored as {name}", shorten(&key)));
        }
        let name = self.names.get(&name);
        self.put(name, value, fields);
        if fields.values.len() > self.limits.fields {
            return Err(Refusal::new(
                ProblemCode::TooManyFields,
                phrase!(
                    "too_many_fields",
                    "more than {most} fields in one measurement, at {place}. Are names made from data? Send the data as values; nothing of this message was stored.",
                    most = self.limits.fields,
                    place = self.reader.place(),
                ),
            ));
        }
        Ok(())
    }

    fn put(&mut self, name: Arc<str>, value: Value, fields: &mut Fields) {
        if let Some(name) = fields.put(name, value) {
            self.parsed.notes.push(format!("{name} came twice; the last one is kept"));
            self.parsed.collisions += 1;
            if self.parsed.collided.len() < MOST_NAMED && !self.parsed.collided.contains(&name) {
                self.parsed.collided.push(name);
            }
        }
    }

    fn fits(&self, key: &str, bytes: usize) -> Result<(), Refusal> {
        if bytes <= self.limits.text_bytes {
            return Ok(());
        }
        Err(Refusal::new(
            ProblemCode::TooLarge,
            phrase!(
                "value_too_large",
                "\"{field}\" holds {size} bytes; one value may hold {most}. Send long content as an event, or a reference to it; nothing of this message was stored.",
                field = shorten(key),
                size = bytes,
                most = self.limits.text_bytes,
            ),
        ))
    }
}

fn within(index: usize, refusal: Refusal) -> Refusal {
    let Refusal { code, explanation } = refusal;
    Refusal::new(
        code,
        phrase!("in_array", "element {index} of the array: {problem}", index = index, problem = explanation,),
    )
}

/// The values of one point, each name once.
#[derive(Default)]
struct Fields {
    values: Vec<(Arc<str>, Value)>,
    index: HashMap<Arc<str>, usize>,
}

impl Fields {
    /// Returns the name when it was there already.
    fn put(&mut self, name: Arc<str>, value: Value) -> Option<Arc<str>> {
        let known = if self.values.len() < MANY {
            self.values.iter().position(|(known, _)| *known == name)
        } else {
            if self.index.is_empty() {
                self.index =
                    self.values.iter().enumerate().map(|(at, (name, _))| (name.clone(), at)).collect();
            }
            self.index.get(&name).copied()
        };
        if let Some((_, slot)) = known.and_then(|at| self.values.get_mut(at)) {
            *slot = value;
            return Some(name);
        }
        if self.values.len() >= MANY {
            self.index.insert(name.clone(), self.values.len());
        }
        self.values.push((name, value));
        None
    }
}
