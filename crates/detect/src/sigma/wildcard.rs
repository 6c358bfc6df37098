//! Values with wildcards, said so that the engine means what Sigma means: `*` is any number of any characters, and `?` is
//! one of any. The engine's own expressions stop at the end of a line, look for `startswith` at the end and for
//! `endswith` at the start, take a wildcard beside `windash` for a letter, and make of a value with eight dashes 390,625.

use rsigma_parser::value::{SpecialChar, StringPart};
use rsigma_parser::{SigmaString, SigmaValue};

/// How a value is compared, from the cheapest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Comparison {
    /// With nothing: of several values the engine finds a field that is not there only when this one is by itself.
    Absent,
    Exact,
    StartsWith,
    EndsWith,
    Contains,
    /// By a regular expression whose dot is any character.
    Expression,
}

/// What the modifiers of a field say about how its values are compared.
#[derive(Clone, Copy)]
pub struct Manner {
    pub comparison: Comparison,
    pub cased: bool,
    pub windash: bool,
}

/// The value, and how to compare it.
pub fn spell(value: SigmaValue, manner: Manner) -> (Comparison, SigmaValue) {
    let text = match value {
        SigmaValue::String(text) => text,
        SigmaValue::Null => return (Comparison::Absent, value),
        _ => return (manner.comparison, value),
    };
    let dashes = manner.windash && text.parts.iter().any(has_dashes);
    if text.is_plain() && !dashes {
        return (manner.comparison, SigmaValue::String(text));
    }
    let any = |part: Option<&StringPart>| part.is_some_and(is_any);
    let open_start =
        matches!(manner.comparison, Comparison::Contains | Comparison::EndsWith) || any(text.parts.first());
    let open_end =
        matches!(manner.comparison, Comparison::Contains | Comparison::StartsWith) || any(text.parts.last());
    let parts: Vec<&StringPart> = text.parts.iter().collect();
    let first = parts.iter().position(|part| !is_any(part)).unwrap_or(parts.len());
    let end = parts.iter().rposition(|part| !is_any(part)).map_or(first, |last| last + 1);
    let middle = parts.get(first..end).unwrap_or_default();
    if let ([StringPart::Plain(plain)], false) = (middle, dashes)
        // The engine lowers a text to compare it, and some letters beyond ASCII otherwise in another place.
        && (manner.cased || plain.is_ascii())
    {
        let comparison = match (open_start, open_end) {
            (false, false) => Comparison::Exact,
            (false, true) => Comparison::StartsWith,
            (true, false) => Comparison::EndsWith,
            (true, true) => Comparison::Contains,
        };
        return (comparison, SigmaValue::String(SigmaString::from_raw(plain)));
    }
    // The flag stands within the expression: the engine lowers texts for expressions that begin with it.
    let mut expression = String::from(if manner.cased { "" } else { "(?i)" });
    if !open_start {
        expression.push('^');
    }
    let mut any_before = false;
    for part in middle {
        match part {
            StringPart::Plain(plain) => literal(&mut expression, plain, manner.windash),
            StringPart::Special(SpecialChar::WildcardMulti) if any_before => {}
            StringPart::Special(SpecialChar::WildcardMulti) => expression.push_str(".*"),
            StringPart::Special(SpecialChar::WildcardSingle) => expression.push('.'),
        }
        any_before = is_any(part);
    }
    if !open_end {
        expression.push('$');
    }
    (Comparison::Expression, SigmaValue::String(SigmaString::from_raw(&expression)))
}

fn is_any(part: &StringPart) -> bool {
    *part == StringPart::Special(SpecialChar::WildcardMulti)
}

fn has_dashes(part: &StringPart) -> bool {
    matches!(part, StringPart::Plain(text) if text.contains('-'))
}

/// The text with all that has a meaning in regular expressions escaped; for `windash`, each dash as every character that
/// Windows takes for one.
fn literal(expression: &mut String, text: &str, windash: bool) {
    for letter in text.chars() {
        match letter {
            '-' if windash => expression.push_str("[\\-/\u{2013}\u{2014}\u{2015}]"),
            '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' | '#'
            | '&' | '-' | '~' => expression.extend(['\\', letter]),
            _ => expression.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelt(comparison: Comparison, cased: bool, windash: bool, value: &str) -> (Comparison, String) {
        let value = SigmaValue::String(SigmaString::new(value));
        let (comparison, value) = spell(value, Manner { comparison, cased, windash });
        (comparison, value.to_string())
    }

    #[test]
    fn wildcards_at_the_ends_need_no_expression() {
        use Comparison::{Contains, EndsWith, Exact, Expression, StartsWith};
        for (asked, value, comparison, text) in [
            (Exact, "*foo*", Contains, "foo"),
            (Exact, "**foo", EndsWith, "foo"),
            (Exact, r"fo\*o*", StartsWith, "fo*o"),
            (Exact, r"foo\\*", StartsWith, r"foo\"),
            (StartsWith, "*foo", Contains, "foo"),
            (StartsWith, "foo*", StartsWith, "foo"),
            (EndsWith, "foo*", Contains, "foo"),
            (Contains, "*foo*", Contains, "foo"),
            (Exact, "a*b", Expression, "(?i)^a.*b$"),
            (Exact, "a**b", Expression, "(?i)^a.*b$"),
            (Exact, "*a?b", Expression, "(?i)a.b$"),
            (StartsWith, "f*o", Expression, "(?i)^f.*o"),
            (EndsWith, "f*o", Expression, "(?i)f.*o$"),
            (Contains, "f*.o", Expression, r"(?i)f.*\.o"),
            (Exact, "*", Expression, "(?i)"),
            (Exact, "*Σ*", Expression, "(?i)Σ"),
        ] {
            assert_eq!(spelt(asked, false, false, value), (comparison, text.to_owned()), "{value}");
        }
        assert_eq!(spelt(Exact, true, false, "a?b"), (Expression, "^a.b$".to_owned()));
    }

    #[test]
    fn windash_is_one_expression_however_many_dashes() {
        let (comparison, text) = spelt(Comparison::Contains, false, true, "-a*-b");
        assert_eq!(comparison, Comparison::Expression);
        assert_eq!(text, "(?i)[\\-/–—―]a.*[\\-/–—―]b");
        assert_eq!(spelt(Comparison::Contains, false, true, "ab"), (Comparison::Contains, "ab".to_owned()));
    }
}
