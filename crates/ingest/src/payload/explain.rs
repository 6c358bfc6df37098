//! Why a payload is refused, and the guesses at what the sender meant that make a refusal useful.

use std::fmt;

use model::ProblemCode;

/// A payload that is not stored, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: ProblemCode,
    /// One or two sentences: what was wrong and where, then what to send instead.
    pub explanation: String,
}

impl Refusal {
    pub(crate) fn new(code: ProblemCode, explanation: impl Into<String>) -> Self {
        Self { code, explanation: explanation.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.explanation)
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
    fn words(self) -> String {
        match self {
            Self::Value => "a value".to_owned(),
            Self::Key => "a field name in double quotes".to_owned(),
            Self::Colon => "a colon after the field name".to_owned(),
            Self::CommaOrEnd(end) => format!("a comma or {end}"),
            Self::End => "nothing more".to_owned(),
            Self::Digit => "a digit".to_owned(),
        }
    }
}

/// Line and column (both from 1, the column in characters) of a byte.
pub(super) fn place(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
    format!("line {line} column {column}")
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
        let of = field.map_or_else(String::new, |field| format!(" of \"{}\"", shorten(field)));
        return Refusal::new(
            ProblemCode::NotANumber,
            format!(
                "the value{of} at {place} is {sign}{word}, which is not a number in JSON. Leave the field out \
                 when there is no reading; nothing of this message was stored."
            ),
        );
    }
    let malformed = |what: String| Refusal::new(ProblemCode::MalformedJson, what);
    let Some(found) = rest.chars().next() else {
        return malformed(format!(
            "the JSON ends too early: at {place}, {} should follow.",
            expected.words()
        ));
    };
    let advice = advice(text, at, rest, found, expected);
    malformed(format!(
        "malformed JSON at {place}: found {}, expected {}.{advice}",
        show(found),
        expected.words()
    ))
}

fn not_a_number(rest: &str) -> Option<&'static str> {
    NOT_NUMBERS.into_iter().find(|word| {
        rest.strip_prefix(word)
            .is_some_and(|after| !after.starts_with(|next: char| next.is_ascii_alphanumeric()))
    })
}

fn advice(text: &str, at: usize, rest: &str, found: char, expected: Expected) -> &'static str {
    let previous = text.get(..at).unwrap_or_default().trim_end().chars().next_back();
    match (expected, found) {
        (_, '\u{feff}') => " The payload starts with a byte order mark; send UTF-8 without one.",
        (Expected::Key | Expected::Value, '\'') => " JSON uses double quotes, not single ones.",
        (Expected::Key, '}') | (Expected::Value, ']') if previous == Some(',') => {
            " There is a comma after the last element; remove it."
        }
        (Expected::Key, letter) if letter.is_alphanumeric() || letter == '_' => {
            " Perhaps a shell removed the quotes: put the whole payload in single quotes, '{\"temperature\":21.5}'."
        }
        (Expected::Value, _) if ["True", "False", "None"].iter().any(|word| rest.starts_with(word)) => {
            " This looks like Python: use json.dumps(…), which writes true, false and null."
        }
        (Expected::Value, '+' | '.') => " Numbers start with a digit or a minus sign.",
        (Expected::CommaOrEnd(_), ',' | '.') | (Expected::End, ',' | '.') => {
            " Decimals are written with a point, and lists in square brackets."
        }
        (Expected::CommaOrEnd(_), '0'..='9') if previous == Some('0') => " Numbers have no leading zeros.",
        (Expected::End, '{') => " Send one JSON value per message, or put several in an array.",
        _ => "",
    }
}

fn show(found: char) -> String {
    if found.is_control() {
        format!("the control character U+{:04X}", found as u32)
    } else {
        format!("'{found}'")
    }
}

/// A name for a sentence: no longer than a line, whatever was sent.
pub(super) fn shorten(name: &str) -> String {
    if name.chars().count() <= 40 { name.to_owned() } else { name.chars().take(39).chain(['…']).collect() }
}
