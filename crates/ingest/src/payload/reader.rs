//! Reads JSON text token by token, and knows at any moment where it is.

use std::borrow::Cow;

use model::{Phrase, ProblemCode, phrase};

use super::explain::{Expected, Refusal, place, shorten, unexpected};

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

    /// A number that [`Self::start`] has seen. Always finite.
    pub fn number(&mut self) -> Result<f64, Refusal> {
        let from = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ if self.rest().starts_with(['I', 'i', 'n', 'N']) => {
                self.at = from;
                return Err(self.unexpected(Expected::Digit));
            }
            _ => return Err(self.unexpected(Expected::Digit)),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits()?;
        }
        let text = self.text.get(from..self.at).unwrap_or_default();
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => {
                // So short a text is exact in any case.
                if text.len() > 15 {
                    self.rounded |= loses_digits(text, number);
                }
                Ok(number)
            }
            _ => {
                self.at = from;
                Err(Refusal::new(ProblemCode::NotANumber, self.too_large()))
            }
        }
    }

    fn too_large(&self) -> Phrase {
        match self.field {
            Some(field) => phrase!(
                "number_of_field_too_large",
                "the number of \"{field}\" at {place} is too large: beyond ±1.8e308 nothing can be stored.",
                field = shorten(field),
                place = self.place(),
            ),
            None => phrase!(
                "number_too_large",
                "the number at {place} is too large: beyond ±1.8e308 nothing can be stored.",
                place = self.place(),
            ),
        }
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn some_digits(&mut self) -> Result<(), Refusal> {
        let from = self.at;
        self.digits();
        if self.at == from { Err(self.unexpected(Expected::Digit)) } else { Ok(()) }
    }

    /// A text that [`Self::start`] has seen; borrowed when it holds no escapes.
    pub fn string(&mut self) -> Result<Cow<'a, str>, Refusal> {
        self.at += 1;
        let mut from = self.at;
        let mut unescaped: Option<String> = None;
        loop {
            // Most of a text is neither its end, an escape nor a control character.
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            self.at +=
                rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(rest.len());
            match self.peek() {
                Some(b'"') => {
                    let piece = self.text.get(from..self.at).unwrap_or_default();
                    self.at += 1;
                    return Ok(match unescaped {
                        None => Cow::Borrowed(piece),
                        Some(mut text) => {
                            text.push_str(piece);
                            Cow::Owned(text)
                        }
                    });
                }
                Some(b'\\') => {
                    let piece = self.text.get(from..self.at).unwrap_or_default();
                    let text = unescaped.get_or_insert_default();
                    text.push_str(piece);
                    let letter = self.escape()?;
                    text.push(letter);
                    from = self.at;
                }
                Some(_) => {
                    return Err(Refusal::new(
                        ProblemCode::MalformedJson,
                        phrase!(
                            "json_control_character",
                            "a control character (a line break or the like) inside a text, at {place}; write \\n, \\t or \\u00XX.",
                            place = self.place(),
                        ),
                    ));
                }
                None => {
                    return Err(Refusal::new(
                        ProblemCode::MalformedJson,
                        phrase!(
                            "json_text_unclosed",
                            "the JSON ends inside a text, at {place}: its closing quote is missing.",
                            place = self.place(),
                        ),
                    ));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Refusal> {
        self.at += 1;
        let letter = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => {
                return Err(
                    self.bad_escape(phrase!("json_escape_unknown", "is not an escape that JSON knows"))
                );
            }
        };
        self.at += 1;
        Ok(letter)
    }

    fn unicode_escape(&mut self) -> Result<char, Refusal> {
        let first = self.code_unit()?;
        let code = match first {
            0xd800..0xdc00 => {
                if !self.rest().starts_with("\\u") {
                    return Err(self.bad_escape(half_a_pair()));
                }
                self.at += 1;
                let second = self.code_unit()?;
                if !(0xdc00..0xe000).contains(&second) {
                    return Err(self.bad_escape(half_a_pair()));
                }
                0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| self.bad_escape(half_a_pair()))
    }

    /// Consumes `uXXXX`.
    fn code_unit(&mut self) -> Result<u32, Refusal> {
        let digits = self.text.as_bytes().get(self.at + 1..self.at + 5);
        let code = digits.and_then(|digits| {
            digits.iter().try_fold(0, |code, digit| Some(code * 16 + char::from(*digit).to_digit(16)?))
        });
        match code {
            Some(code) => {
                self.at += 5;
                Ok(code)
            }
            None => Err(self.bad_escape(phrase!("json_escape_digits", "needs four hexadecimal digits"))),
        }
    }

    fn bad_escape(&self, why: Phrase) -> Refusal {
        Refusal::new(
            ProblemCode::MalformedJson,
            phrase!(
                "json_escape",
                "malformed JSON at {place}: the escape after the backslash {why}.",
                place = self.place(),
                why = why,
            ),
        )
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

fn half_a_pair() -> Phrase {
    phrase!("json_escape_half", "is half of a surrogate pair")
}

/// Whether a whole number is not the one that it was read as. (Of a decimal, nobody expects each digit.)
fn loses_digits(text: &str, number: f64) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit()) && format!("{number:.0}") != text
}
