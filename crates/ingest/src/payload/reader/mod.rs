//! Reads JSON text token by token, and knows at any moment where it is.

mod number;
mod string;

use std::borrow::Cow;

use model::{Phrase, ProblemCode, phrase};

use crate::payload::explain::{Expected, Refusal, place, unexpected};

/// What the next value is, by its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Object,
    Array,
    Text,
    Number,
    True,
    False,
    Null,
}

pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    deepest: usize,
    /// The last field name, as sent, for explanations.
    field: Option<&'a str>,
    /// Keys read so far.
    pub keys: usize,
    /// The last number has more digits than are kept. Who minds takes it back.
    pub rounded: bool,
}

impl<'a> Reader<'a> {
    pub fn new(payload: &'a [u8], deepest: usize) -> Result<Self, Refusal> {
        match std::str::from_utf8(payload) {
            Ok(text) if text.trim_ascii().is_empty() => Err(Refusal::new(
                ProblemCode::MalformedJson,
                phrase!("payload_empty", "the payload is empty; send a JSON object."),
            )),
            Ok(text) => Ok(Self { text, at: 0, depth: 0, deepest, field: None, keys: 0, rounded: false }),
            Err(error) => {
                let valid = error.valid_up_to();
                let before =
                    payload.get(..valid).and_then(|head| std::str::from_utf8(head).ok()).unwrap_or("");
                Err(Refusal::new(
                    ProblemCode::MalformedJson,
                    phrase!(
                        "payload_not_utf8",
                        "the payload is not UTF-8 text: byte {byte} ({place}) is not.",
                        byte = valid + 1,
                        place = place(before, valid),
                    ),
                ))
            }
        }
    }

    /// The byte that comes next.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Where the reader is, for explanations.
    pub fn place(&self) -> Phrase {
        self.place_of(self.at)
    }

    /// Where a byte is, for explanations.
    pub fn place_of(&self, position: usize) -> Phrase {
        place(self.text, position)
    }

    pub fn unexpected(&self, expected: Expected) -> Refusal {
        unexpected(self.text, self.at, expected, self.field)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other,
            }
        }
    }

    /// Looks at the next value without consuming it.
    pub fn start(&mut self) -> Result<Start, Refusal> {
        let start = match self.skip_space() {
            Some(b'{') => Start::Object,
            Some(b'[') => Start::Array,
            Some(b'"') => Start::Text,
            Some(b'-' | b'0'..=b'9') => Start::Number,
            Some(b't') if self.rest().starts_with("true") => Start::True,
            Some(b'f') if self.rest().starts_with("false") => Start::False,
            Some(b'n') if self.rest().starts_with("null") => Start::Null,
            _ => return Err(self.unexpected(Expected::Value)),
        };
        Ok(start)
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Nothing but white space may follow the value.
    pub fn end(&mut self) -> Result<(), Refusal> {
        match self.skip_space() {
            None => Ok(()),
            Some(_) => Err(self.unexpected(Expected::End)),
        }
    }

    /// Consumes `{` or `[`.
    pub fn open(&mut self) -> Result<(), Refusal> {
        self.at += 1;
        self.depth += 1;
        if self.depth > self.deepest {
            return Err(Refusal::new(
                ProblemCode::WrongShape,
                phrase!(
                    "json_too_deep",
                    "more than {most} objects and arrays inside one another, at {place}. Send flatter JSON.",
                    most = self.deepest,
                    place = self.place(),
                ),
            ));
        }
        Ok(())
    }

    /// The next key of an object that was opened, its colon consumed; None at the object's end.
    pub fn key(&mut self, first: &mut bool) -> Result<Option<Cow<'a, str>>, Refusal> {
        match self.skip_space() {
            Some(b'}') if *first => return Ok(self.close()),
            Some(_) if *first => {}
            Some(b'}') => return Ok(self.close()),
            Some(b',') => {
                self.at += 1;
                self.skip_space();
            }
            _ => return Err(self.unexpected(Expected::CommaOrEnd('}'))),
        }
        *first = false;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected(Expected::Key));
        }
        let from = self.at + 1;
        let key = self.string()?;
        self.field = self.text.get(from..self.at.saturating_sub(1));
        self.keys += 1;
        if self.skip_space() != Some(b':') {
            return Err(self.unexpected(Expected::Colon));
        }
        self.at += 1;
        Ok(Some(key))
    }

    fn close<T>(&mut self) -> Option<T> {
        self.at += 1;
        self.depth = self.depth.saturating_sub(1);
        None
    }

    /// Whether an array that was opened has another item, its comma consumed.
    pub fn item(&mut self, first: &mut bool) -> Result<bool, Refusal> {
        match self.skip_space() {
            Some(b']') if *first => Ok(self.close::<()>().is_some()),
            Some(_) if *first => {
                *first = false;
                Ok(true)
            }
            Some(b']') => Ok(self.close::<()>().is_some()),
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            _ => Err(self.unexpected(Expected::CommaOrEnd(']'))),
        }
    }

    /// Consumes `true`, `false` or `null`, which [`Self::start`] has seen.
    pub fn word(&mut self, start: Start) {
        self.at += if start == Start::False { 5 } else { 4 };
    }

    /// Checks a whole value and returns it as it was sent.
    pub fn raw(&mut self) -> Result<&'a str, Refusal> {
        let start = self.start()?;
        let from = self.at;
        self.skip(start)?;
        Ok(self.text.get(from..self.at).unwrap_or_default())
    }

    fn skip(&mut self, start: Start) -> Result<(), Refusal> {
        match start {
            Start::Object => {
                self.open()?;
                let mut first = true;
                while self.key(&mut first)?.is_some() {
                    let start = self.start()?;
                    self.skip(start)?;
                }
            }
            Start::Array => {
                self.open()?;
                let mut first = true;
                while self.item(&mut first)? {
                    let start = self.start()?;
                    self.skip(start)?;
                }
            }
            Start::Text => drop(self.string()?),
            Start::Number => {
                self.number()?;
            }
            Start::True | Start::False | Start::Null => self.word(start),
        }
        Ok(())
    }
}
