//! What strangers write, in sentences that we show: nothing in them hides, and nothing turns the rest around.

use std::borrow::Cow;
use std::fmt::Write as _;

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
