//! Texts of others, checked when they are written and shown so that nothing in them hides.
//!
//! What people write ([`line`], [`prose`]). In: a text and the most characters that it may have. Out: the same text,
//! trimmed, or a sentence that says what is wrong. A control character has no business in either kind: U+0000 cannot be
//! stored by PostgreSQL, a line break in a name could forge a line of a log or a header of a mail, and the rest only hides.
//!
//! What strangers write, in sentences that we show ([`printable`]): nothing in them hides, and nothing turns the rest
//! around.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::{Phrase, phrase};

/// Why a text is not accepted, as a sentence for whoever wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.phrase())]
pub enum TextError {
    TooLong { most: usize },
    NotOneLine,
    Control { code: u32 },
}

impl TextError {
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::TooLong { most } => phrase!(
                "text_too_long",
                "this has more than {most} characters; please shorten it",
                most = *most,
            ),
            Self::NotOneLine => phrase!(
                "text_not_one_line",
                "this is written on one line, without line breaks, characters that turn others around or other control characters",
            ),
            Self::Control { code } => phrase!(
                "text_with_control_character",
                "this holds a control character (U+{code}); only line breaks and tabs are accepted",
                code = format!("{code:04X}"),
            ),
        }
    }
}

/// A name or a title: one line. It may be empty; whether that is right is the caller's to say.
///
/// # Errors
/// [`TextError::NotOneLine`], [`TextError::TooLong`]
pub fn line(text: &str, most: usize) -> Result<&str, TextError> {
    let text = text.trim();
    if text.chars().any(|c| breaks_a_line(c) || turns_around(c)) {
        return Err(TextError::NotOneLine);
    }
    within(text, most)
}

/// A text of several lines: a description, a comment, a note.
///
/// # Errors
/// [`TextError::Control`], [`TextError::TooLong`]
pub fn prose(text: &str, most: usize) -> Result<&str, TextError> {
    let text = text.trim();
    match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        Some(found) => Err(TextError::Control { code: found.into() }),
        None => within(text, most),
    }
}

fn within(text: &str, most: usize) -> Result<&str, TextError> {
    if text.chars().count() > most { Err(TextError::TooLong { most }) } else { Ok(text) }
}

/// Embeddings, overrides and isolates: with one of them in its name, a device could rewrite the sentence it stands in. Names
/// in Hebrew or Arabic need none; single marks of direction and the joiners of emoji are welcome.
const fn turns_around(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Control characters, and the two separators that some programs break lines at.
fn breaks_a_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether a character cannot be seen, or changes how others are seen: controls, marks of byte order and of direction,
/// noncharacters, private use. MQTT clients refuse a reason string with some of them and close the connection.
#[must_use]
pub fn is_hidden(letter: char) -> bool {
    let code = u32::from(letter);
    letter.is_control()
        || code & 0xfffe == 0xfffe
        || matches!(
            letter,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{e000}'..='\u{f8ff}'
                | '\u{fdd0}'..='\u{fdef}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
                | '\u{f0000}'..
        )
}

/// The text with every hidden character written as `U+XXXX`.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if is_hidden(letter) {
            // Writing to a text cannot fail.
            let _ = write!(shown, "U+{:04X}", u32::from(letter));
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_and_stays_one() {
        assert_eq!(line("  Zoë 李 ", 10), Ok("Zoë 李"));
        assert_eq!(line("", 10), Ok(""));
        for text in ["a\0b", "a\nb", "a\r\nBcc: x", "a\tb", "a\u{7f}", "a\u{85}b", "a\u{2028}b"] {
            assert_eq!(line(text, 100), Err(TextError::NotOneLine), "{text:?}");
        }
        assert_eq!(line("pump\u{202e}evil", 100), Err(TextError::NotOneLine));
        assert_eq!(line("مضخة\u{200f} 1 👩\u{200d}🔧", 100), Ok("مضخة\u{200f} 1 👩\u{200d}🔧"));
        assert_eq!(line("öööö", 4), Ok("öööö"));
        assert_eq!(line("ööööö", 4), Err(TextError::TooLong { most: 4 }));
    }

    #[test]
    fn prose_has_lines_and_tabs_and_nothing_else_that_is_not_seen() {
        assert_eq!(prose("one\r\n\ttwo\n", 100), Ok("one\r\n\ttwo"));
        assert_eq!(prose("a\0", 100), Err(TextError::Control { code: 0 }));
        assert_eq!(prose("\u{1b}[31mred", 100), Err(TextError::Control { code: 0x1b }));
        assert!(prose("a\0", 100).unwrap_err().to_string().contains("U+0000"));
        assert_eq!(prose("abc", 2), Err(TextError::TooLong { most: 2 }));
    }

    #[test]
    fn what_can_be_read_stays() {
        for text in ["", "telemetry", "température 21,5 °C", "日本語", "שלום", "🔥", "e\u{301}"] {
            assert!(matches!(printable(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn what_hides_is_named() {
        for (text, shown) in [
            ("a\0b", "aU+0000b"),
            ("\u{feff}{", "U+FEFF{"),
            ("x\u{202e}y", "xU+202Ey"),
            ("\n\u{7f}\u{85}", "U+000AU+007FU+0085"),
            ("\u{fffe}\u{ffff}\u{fdd0}\u{1fffe}\u{10ffff}", "U+FFFEU+FFFFU+FDD0U+1FFFEU+10FFFF"),
            ("\u{e000}\u{f0000}\u{200b}\u{2066}", "U+E000U+F0000U+200BU+2066"),
        ] {
            assert_eq!(printable(text), shown);
        }
    }
}
