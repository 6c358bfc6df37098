//! Numbers as JSON spells them, and when one is not what was written.

use model::{Phrase, ProblemCode, phrase};

use super::Reader;
use crate::payload::explain::{Expected, Refusal, shorten};

impl Reader<'_> {
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
}

/// Whether a whole number is not the one that it was read as. (Of a decimal, nobody expects each digit.)
fn loses_digits(text: &str, number: f64) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit()) && format!("{number:.0}") != text
}
