//! Why a payload is refused, and the guesses at what the sender meant that make a refusal useful.

use std::fmt;

use model::{Phrase, ProblemCode, is_hidden, phrase};

/// A payload that is not stored, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub code: ProblemCode,
    /// One or two sentences: what was wrong and where, then what to send instead.
    pub explanation: Phrase,
}

impl Refusal {
    pub(crate) fn new(code: ProblemCode, explanation: Phrase) -> Self {
        // It quotes what was sent, and goes to screens and, as a reason string, to clients.
        Self { code, explanation: explanation.printable() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.explanation.text())
    }
}

/// What the parser was looking for when it met something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Value,
    Key,
    Colon,
    CommaOrEnd(char),
    End,
    Digit,
}

impl Expected {
    fn phrase(self) -> Phrase {
        match self {
            Self::Value => phrase!("json_value", "a value"),
            Self::Key => phrase!("json_key", "a field name in double quotes"),
            Self::Colon => phrase!("json_colon", "a colon after the field name"),
            Self::CommaOrEnd(end) => phrase!("json_comma_or", "a comma or {end}", end = end.to_string()),
            Self::End => phrase!("json_end", "nothing more"),
            Self::Digit => phrase!("json_digit", "a digit"),
        }
    }
}

/// Line and column (both from 1, the column in characters) of a byte.
pub(super) fn place(text: &str, at: usize) -> Phrase {
    let before = text.get(..at).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
    phrase!("place", "line {line} column {column}", line = line, column = column)
}

/// Words that other languages write for numbers that JSON does not have.
const NOT_NUMBERS: [&str; 7] = ["NaN", "nan", "NAN", "Infinity", "inf", "Inf", "INF"];

/// The refusal for something unexpected at byte `at`; `field` is the last field name that was read.
pub(super) fn unexpected(text: &str, at: usize, expected: Expected, field: Option<&str>) -> Refusal {
    let rest = text.get(at..).unwrap_or_default();
    let place = place(text, at);
    if matches!(expected, Expected::Value | Expected::Digit)
        && let Some(word) = not_a_number(rest.trim_start_matches(['-', '+']))
    {
        let sign = if rest.starts_with('-') { "-" } else { "" };
        let word = format!("{sign}{word}");
        return Refusal::new(ProblemCode::NotANumber, not_in_json(field, place, &word));
    }
    let malformed = |what| Refusal::new(ProblemCode::MalformedJson, what);
    let Some(found) = rest.chars().next() else {
        return malformed(phrase!(
            "json_ends_early",
            "the JSON ends too early: at {place}, {expected} should follow.",
            place = place,
            expected = expected.phrase(),
        ));
    };
    let what = phrase!(
        "malformed_json",
        "malformed JSON at {place}: found {found}, expected {expected}.",
        place = place,
        found = show(found),
        expected = expected.phrase(),
    );
    malformed(match advice(text, at, rest, found, expected) {
        Some(advice) => phrase!("with_advice", "{problem} {advice}", problem = what, advice = advice),
        None => what,
    })
}

fn not_in_json(field: Option<&str>, place: Phrase, word: &str) -> Phrase {
    match field {
        Some(field) => phrase!(
            "value_of_field_not_a_number",
            "the value of \"{field}\" at {place} is {word}, which is not a number in JSON. Leave the field out when there is no reading; nothing of this message was stored.",
            field = shorten(field),
            place = place,
            word = word,
        ),
        None => phrase!(
            "value_not_a_number",
            "the value at {place} is {word}, which is not a number in JSON. Leave the field out when there is no reading; nothing of this message was stored.",
            place = place,
            word = word,
        ),
    }
}

fn not_a_number(rest: &str) -> Option<&'static str> {
    NOT_NUMBERS.into_iter().find(|word| {
        rest.strip_prefix(word)
            .is_some_and(|after| !after.starts_with(|next: char| next.is_ascii_alphanumeric()))
    })
}

fn advice(text: &str, at: usize, rest: &str, found: char, expected: Expected) -> Option<Phrase> {
    let previous = text.get(..at).unwrap_or_default().trim_end().chars().next_back();
    Some(match (expected, found) {
        (_, '\u{feff}') if at == 0 => {
            phrase!("json_bom", "The payload starts with a byte order mark; send UTF-8 without one.")
        }
        (_, '\u{feff}') => phrase!(
            "json_bom_inside",
            "This is a byte order mark, as it stands at the start of some files; send UTF-8 without one.",
        ),
        (Expected::Key | Expected::Value, '\'') => {
            phrase!("json_quotes", "JSON uses double quotes, not single ones.")
        }
        (Expected::Key, '}') | (Expected::Value, ']') if previous == Some(',') => {
            phrase!("json_last_comma", "There is a comma after the last element; remove it.")
        }
        (Expected::Key, letter) if letter.is_alphanumeric() || letter == '_' => {
            phrase!(
                "json_shell_quotes",
                "Perhaps a shell removed the quotes: put the whole payload in single quotes, '{\"temperature\":21.5}'.",
            )
        }
        (Expected::Value, _) if ["True", "False", "None"].iter().any(|word| rest.starts_with(word)) => {
            phrase!(
                "json_python",
                "This looks like Python: use json.dumps(…), which writes true, false and null.",
            )
        }
        (Expected::Value, '+' | '.') => {
            phrase!("json_number_start", "Numbers start with a digit or a minus sign.")
        }
        (Expected::CommaOrEnd(_), ',' | '.') | (Expected::End, ',' | '.') => {
            phrase!("json_decimals", "Decimals are written with a point, and lists in square brackets.")
        }
        (Expected::CommaOrEnd(_), '0'..='9') if previous == Some('0') => {
            phrase!("json_leading_zeros", "Numbers have no leading zeros.")
        }
        (Expected::End, '{') => {
            phrase!("json_one_value", "Send one JSON value per message, or put several in an array.")
        }
        _ => return None,
    })
}

fn show(found: char) -> Phrase {
    if found.is_control() {
        let code = format!("{:04X}", u32::from(found));
        phrase!("control_character", "the control character U+{code}", code = code)
    } else if is_hidden(found) {
        let code = format!("{:04X}", u32::from(found));
        phrase!("invisible_character", "the invisible character U+{code}", code = code)
    } else {
        phrase!("character", "'{character}'", character = found.to_string())
    }
}

/// A name for a sentence: no longer than a line, whatever was sent.
pub(super) fn shorten(name: &str) -> String {
    if name.chars().count() <= 40 { name.to_owned() } else { name.chars().take(39).chain(['…']).collect() }
}
