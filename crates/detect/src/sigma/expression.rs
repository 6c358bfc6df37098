//! What a rule's regular expressions cost, told before they are compiled: `\w{1000}` is nine letters to write, and
//! megabytes to keep.

use model::phrase;
use rsigma_parser::{DetectionItem, Modifier, SigmaRule, SigmaValue};
use yaml_serde::Value;

use super::explain::excerpt;
use super::locate::line_of;
use super::selection::collect;
use crate::error::RuleError;

/// What the expressions of one rule may cost: at most about 50 ms to compile, and 5 MB to keep. A public rule needs
/// `\w{64}`, which is about 10 MB.
const MOST: u64 = 50_000;

// Measured, in units of about a microsecond and 75 bytes.
const EXPRESSION: u64 = 30;
const LETTER: u64 = 1;
const EXPRESSION_OF_ANY_CASE: u64 = 250;
const LETTER_OF_ANY_CASE: u64 = 5;
const ANY: u64 = 40;
const CLASS: u64 = 3;
const BEYOND_ASCII: u64 = 20;
const SPACE: u64 = 50;
const DIGIT: u64 = 100;
const WORD: u64 = 750;

/// Refuses a rule whose expressions, those that stand for wildcards among them, cost too much.
pub fn refuse(yaml: &str, document: &Value, rule: &SigmaRule) -> Result<(), RuleError> {
    let mut costs = Vec::new();
    for (selection, detection) in &rule.detection.named {
        let mut items = Vec::new();
        collect(detection, &mut items);
        for item in items {
            let field = item.field.name.as_deref();
            let Some(cost) = item_cost(item) else {
                let line = line_of_field(yaml, document, selection, field);
                return Err(spaced().at(line, None));
            };
            costs.push((cost, selection.as_str(), field));
        }
    }
    if costs.iter().fold(0_u64, |sum, (cost, ..)| sum.saturating_add(*cost)) <= MOST {
        return Ok(());
    }
    let Some((_, selection, field)) = costs.into_iter().max() else { return Ok(()) };
    let message = phrase!(
        "sigma_expressions_too_large",
        "the wildcards and regular expressions of this rule are too large, those of {field} most of all",
        field = excerpt(field.unwrap_or(selection)),
    );
    let line = line_of_field(yaml, document, selection, field);
    Err(RuleError::of("yaml", message).at(line, None).hint(phrase!(
        "sigma_expressions_too_large_hint",
        "split the rule into several, write smaller counts (40 instead of 1000) and [a-z0-9] instead of \\w, or look for plain parts with |contains|all",
    )))
}

fn spaced() -> RuleError {
    let message = phrase!(
        "sigma_regex_spaced",
        "regular expressions with spaces and comments, (?x), are not supported"
    );
    RuleError::of("yaml", message)
        .hint(phrase!("sigma_regex_spaced_hint", "take the flag x away, and the spaces and comments with it"))
}

fn line_of_field(yaml: &str, document: &Value, selection: &str, field: Option<&str>) -> Option<u32> {
    let mut path = vec!["detection", selection];
    let found = document.get("detection").and_then(|all| all.get(selection));
    path.extend(found.zip(field).and_then(|(found, field)| key_of(found, field)));
    line_of(yaml, &path, None)
}

/// The first key for that field.
fn key_of<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    match value {
        Value::Mapping(entries) => entries.iter().find_map(|(key, inner)| {
            let key = key.as_str()?;
            if key.split('|').next() == Some(field) { Some(key) } else { key_of(inner, field) }
        }),
        Value::Sequence(items) => items.iter().find_map(|item| key_of(item, field)),
        _ => None,
    }
}

/// What the item's expressions cost; nothing for those with the flag `x`, which are not told from others in time.
fn item_cost(item: &DetectionItem) -> Option<u64> {
    if !item.field.has_modifier(Modifier::Re) {
        return Some(0);
    }
    let any_case = item.field.has_modifier(Modifier::IgnoreCase);
    item.values.iter().try_fold(0_u64, |sum, value| {
        let cost = if let SigmaValue::String(text) = value { cost(&text.original, any_case)? } else { 0 };
        Some(sum.saturating_add(cost))
    })
}

/// A group that is open: what it has cost, and its last part, which may be repeated.
#[derive(Default)]
struct Group {
    before: u64,
    last: u64,
}

impl Group {
    fn part(&mut self, cost: u64) {
        self.before = self.before.saturating_add(self.last);
        self.last = cost;
    }

    const fn cost(&self) -> u64 {
        self.before.saturating_add(self.last)
    }
}

fn cost(pattern: &str, mut any_case: bool) -> Option<u64> {
    let mut outer: Vec<Group> = Vec::new();
    let mut group = Group::default();
    let mut rest = pattern.chars();
    while let Some(letter) = rest.next() {
        let plain = if any_case { LETTER_OF_ANY_CASE } else { LETTER };
        match letter {
            '(' => {
                let flags = flags(&mut rest);
                let set = flags.split('-').next().unwrap_or_default();
                if set.contains('x') {
                    return None;
                }
                any_case |= set.contains('i');
                if !flags.ends_with(')') {
                    outer.push(std::mem::take(&mut group));
                }
            }
            ')' => {
                let inner = group.cost();
                group = outer.pop().unwrap_or_default();
                group.part(inner.saturating_add(LETTER));
            }
            '[' => group.part(class(&mut rest)),
            '\\' => group.part(escape(&mut rest).unwrap_or(plain)),
            '.' => group.part(ANY),
            '*' | '+' | '?' => group.last = group.last.saturating_add(LETTER),
            '{' => group.last = group.last.saturating_mul(count(&mut rest)),
            _ => group.part(plain),
        }
    }
    let open = outer.iter().fold(group.cost(), |sum, group| sum.saturating_add(group.cost()));
    Some(open.saturating_add(if any_case { EXPRESSION_OF_ANY_CASE } else { EXPRESSION }))
}

/// What stands between `(?` and the `:` or `)` that ends it; nothing for a group without flags or with a name.
fn flags<'a>(rest: &mut std::str::Chars<'a>) -> &'a str {
    let text = rest.as_str();
    let Some(flags) = text.strip_prefix('?') else { return "" };
    let end = flags.find(|letter: char| !letter.is_ascii_lowercase() && letter != '-').unwrap_or(flags.len());
    let length = flags.get(end..).and_then(|behind| behind.chars().next()).map_or(0, char::len_utf8);
    if !flags.get(end..).is_some_and(|behind| behind.starts_with([':', ')'])) {
        // A name, whose letters count for little.
        return "";
    }
    let (flags, behind) = flags.split_at_checked(end + length).unwrap_or((flags, ""));
    *rest = behind.chars();
    flags
}

/// The rest of a class behind its `[`, classes within it included.
fn class(rest: &mut std::str::Chars) -> u64 {
    let (mut cost, mut depth) = (CLASS, 1_usize);
    cost = cost.saturating_add(opened(rest));
    while let Some(letter) = rest.next() {
        let part = match letter {
            '[' => {
                depth += 1;
                opened(rest)
            }
            ']' => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
                0
            }
            '\\' => escape(rest).unwrap_or(LETTER),
            letter if letter.is_ascii() => 0,
            _ => BEYOND_ASCII,
        };
        cost = cost.saturating_add(part);
    }
    cost
}

/// What stands right behind a `[`: a negation, and a `]` that does not end it.
fn opened(rest: &mut std::str::Chars) -> u64 {
    let text = rest.as_str();
    let inner = text.strip_prefix('^').unwrap_or(text);
    let cost = if inner.len() < text.len() { ANY } else { 0 };
    *rest = inner.strip_prefix(']').unwrap_or(inner).chars();
    cost
}

/// The rest of an escape behind its `\`; nothing for a letter.
fn escape(rest: &mut std::str::Chars) -> Option<u64> {
    let (cost, braced) = match rest.next()? {
        'w' | 'W' => (WORD, false),
        'p' | 'P' => (WORD, true),
        'd' | 'D' => (DIGIT, false),
        's' | 'S' => (SPACE, false),
        'x' | 'u' | 'U' => (BEYOND_ASCII, true),
        'b' | 'B' => (LETTER, true),
        _ => return None,
    };
    if braced && let Some((_, behind)) = rest.as_str().strip_prefix('{').and_then(|text| text.split_once('}'))
    {
        *rest = behind.chars();
    }
    Some(cost)
}

/// How often a part stands behind its `{`: the larger of the two numbers, and one for what follows without end.
fn count(rest: &mut std::str::Chars) -> u64 {
    let (inner, behind) = rest.as_str().split_once('}').unwrap_or((rest.as_str(), ""));
    *rest = behind.chars();
    let numbers = inner.split(|letter: char| !letter.is_ascii_digit()).filter(|number| !number.is_empty());
    let most = numbers.map(|number| number.parse().unwrap_or(u64::MAX)).max().unwrap_or(0);
    most.max(1).saturating_add(u64::from(inner.ends_with(',')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pattern: &str) -> u64 {
        cost(pattern, false).unwrap() - EXPRESSION
    }

    #[test]
    fn expressions_cost_what_they_repeat() {
        for (pattern, cost) in [
            ("", 0),
            ("abc", 3),
            ("(?i)abc", 235),
            ("(?i:abc)", 236),
            ("a.b", 42),
            (r"\w{100}", 75_000),
            (r"(\w{10}){10}", 75_010),
            (r"(?:\w|a){2}", 1506),
            (r"(?P<x>a)", 7),
            (r"a{2,}", 3),
            (r"a{2,5}", 5),
            (r"\.{3}", 3),
            (r"[a-z]{10}", 30),
            (r"[]a]{10}", 30),
            (r"[^]a]{2}", 86),
            (r"[[:alpha:]x]{2}", 6),
            (r"[\w\]]", 754),
            (r"\p{Greek}{2}", 1500),
            (r"\x{e9}{2}", 40),
            (r"a{18446744073709551616}", u64::MAX - EXPRESSION),
        ] {
            assert_eq!(of(pattern), cost, "{pattern}");
        }
        for spaced in ["(?x)a", "(?ix:a b)", "a(?sx)"] {
            assert_eq!(cost(spaced, false), None);
        }
        assert!(cost("(?i-x)a", false).is_some());
    }
}
