//! Texts with their escapes.

use std::borrow::Cow;

use model::{Phrase, ProblemCode, phrase};

use super::Reader;
use crate::payload::explain::Refusal;

impl<'a> Reader<'a> {
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
}

fn half_a_pair() -> Phrase {
    phrase!("json_escape_half", "is half of a surrogate pair")
}
