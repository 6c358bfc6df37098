//! What the engine reads otherwise than Sigma means it, said in words that both take alike.
//!
//! - `base64offset`: the engine keeps characters at the end of each pattern that depend on what follows the value, and so
//!   misses two of three places where it can stand. The patterns are made here, and the engine only searches for them.
//! - `'|all'` without a field: the engine looks for one text that equals every keyword, where each keyword may stand
//!   anywhere in the event.
//! - Keywords that are numbers: the engine compares numbers with a field, and a keyword has none.
//! - `null` among other values: the engine does not take a field for it that is not there.
//! - Wildcards and `windash`: see [`wildcard`](super::wildcard).
//! - Long values, if there are few of them: the engine makes a table that is hundreds of times their size, and a compact
//!   one of many.

use std::collections::BTreeMap;

use rsigma_parser::{Detection, DetectionItem, FieldSpec, Modifier, SigmaRule, SigmaString, SigmaValue};

use super::wildcard::{Comparison, Manner, spell};

/// The shortest value whose every pattern has at least three characters; shorter ones would be found in most texts.
const SHORTEST: usize = 3;

/// Of fewer values the engine makes no table, but compares one by one.
const FEW: usize = 8;

/// Of more values the engine's table is a compact one.
const MANY: usize = 100;

/// Texts longer than this have no place in the engine's large tables, in bytes.
pub const LONG: usize = 4 * 1024;

/// A value for `base64offset` that is too short to be told from chance.
#[derive(Debug, PartialEq, Eq)]
pub struct TooShort(pub String);

/// Rewrites the rule; how long its texts are then, in bytes.
pub fn rewrite(rule: &mut SigmaRule) -> Result<usize, TooShort> {
    rule.detection.named.values_mut().try_for_each(|found| detection(found, false))?;
    let length = length(rule);
    rule.detection.named.values_mut().for_each(compact);
    Ok(length)
}

/// Repeats values where the engine then makes the compact table; it holds each of them once.
fn compact(found: &mut Detection) {
    match found {
        Detection::AllOf(items) => {
            for item in items.iter_mut().filter(|item| {
                item.field.has_modifier(Modifier::Contains)
                    && !item.field.has_modifier(Modifier::All)
                    && (FEW..=MANY).contains(&item.values.len())
                    && item.values.iter().map(text).sum::<usize>() > LONG
            }) {
                item.values = item.values.iter().cycle().take(MANY + 1).cloned().collect();
            }
        }
        Detection::AnyOf(parts) | Detection::And(parts) => parts.iter_mut().for_each(compact),
        Detection::ArrayMatch { body, .. } => compact(body),
        Detection::Conditional { named, .. } => named.values_mut().for_each(compact),
        Detection::Keywords(_) => {}
    }
}

/// How long the rule's texts are in all, in bytes.
pub fn length(rule: &SigmaRule) -> usize {
    rule.detection.named.values().map(texts).sum()
}

fn texts(found: &Detection) -> usize {
    match found {
        Detection::AllOf(items) => items.iter().flat_map(|item| &item.values).map(text).sum(),
        Detection::AnyOf(parts) | Detection::And(parts) => parts.iter().map(texts).sum(),
        Detection::ArrayMatch { body, .. } => texts(body),
        Detection::Conditional { named, .. } => named.values().map(texts).sum(),
        Detection::Keywords(values) => values.iter().map(text).sum(),
    }
}

const fn text(value: &SigmaValue) -> usize {
    if let SigmaValue::String(text) = value { text.original.len() } else { 0 }
}

/// `member`: inside a block over an array's members, where an item without a field means the member itself.
fn detection(found: &mut Detection, member: bool) -> Result<(), TooShort> {
    match found {
        Detection::AllOf(items) => {
            *found = joined(std::mem::take(items), member)?;
            Ok(())
        }
        Detection::AnyOf(parts) | Detection::And(parts) => {
            parts.iter_mut().try_for_each(|part| detection(part, member))
        }
        Detection::ArrayMatch { body, .. } => detection(body, true),
        Detection::Conditional { named, .. } => {
            named.values_mut().try_for_each(|part| detection(part, member))
        }
        Detection::Keywords(values) => {
            // A keyword stands anywhere in a text.
            let field = FieldSpec::new(None, vec![Modifier::Contains]);
            let item = DetectionItem { field, values: std::mem::take(values) };
            *found = joined(vec![item], member)?;
            Ok(())
        }
    }
}

/// The items, all of which must hold.
fn joined(items: Vec<DetectionItem>, member: bool) -> Result<Detection, TooShort> {
    let mut all = Vec::with_capacity(items.len());
    let mut either = Vec::new();
    for item in items {
        for part in apart(item, member) {
            match spelled(without_offsets(part)?) {
                Spelled::All(items) => all.extend(items),
                Spelled::Any(items) => {
                    let parts = items.into_iter().map(|item| Detection::AllOf(vec![item])).collect();
                    either.push(Detection::AnyOf(parts));
                }
            }
        }
    }
    if either.is_empty() {
        return Ok(Detection::AllOf(all));
    }
    if !all.is_empty() {
        either.insert(0, Detection::AllOf(all));
    }
    Ok(Detection::And(either))
}

/// An item for each of the values that must all hold, where the engine cannot keep them in one.
fn apart(item: DetectionItem, member: bool) -> Vec<DetectionItem> {
    let modifiers = &item.field.modifiers;
    let keywords = item.field.name.is_none() && !member;
    let all = modifiers.contains(&Modifier::All);
    if !all
        || !(keywords || modifiers.contains(&Modifier::Base64Offset))
        || modifiers.contains(&Modifier::Neq)
    {
        return vec![item];
    }
    let mut modifiers: Vec<Modifier> =
        modifiers.iter().copied().filter(|modifier| *modifier != Modifier::All).collect();
    if modifiers.is_empty() {
        // A keyword stands anywhere in a text.
        modifiers.push(Modifier::Contains);
    }
    let single = |value| DetectionItem {
        field: FieldSpec::new(item.field.name.clone(), modifiers.clone()),
        values: vec![value],
    };
    item.values.into_iter().map(single).collect()
}

/// Items that say what one did.
enum Spelled {
    All(Vec<DetectionItem>),
    Any(Vec<DetectionItem>),
}

/// The item, as one for each way in which its values are compared.
fn spelled(item: DetectionItem) -> Spelled {
    let Some(manner) = manner(&item.field.modifiers) else { return Spelled::All(vec![encodable(item)]) };
    let has = |modifier| item.field.has_modifier(modifier);
    let (all, not) = (has(Modifier::All), has(Modifier::Neq));
    let textual = manner.windash || manner.comparison != Comparison::Exact;
    let mut groups: BTreeMap<Comparison, Vec<SigmaValue>> = BTreeMap::new();
    for value in item.values {
        let value = if textual { as_text(value) } else { value };
        let (comparison, value) = spell(value, manner);
        groups.entry(comparison).or_default().push(value);
    }
    let mut items = Vec::with_capacity(groups.len());
    for (comparison, values) in groups {
        let mut modifiers = comparison_modifiers(comparison, manner.cased);
        modifiers.extend((all && values.len() > 1).then_some(Modifier::All));
        modifiers.extend(not.then_some(Modifier::Neq));
        items.push(DetectionItem { field: FieldSpec::new(item.field.name.clone(), modifiers), values });
    }
    // None of several: not the one, and not the other.
    if items.len() == 1 || all != not { Spelled::All(items) } else { Spelled::Any(items) }
}

/// The engine encodes only texts, and compares numbers as they are.
fn encodable(mut item: DetectionItem) -> DetectionItem {
    if item.field.has_modifier(Modifier::Base64) {
        item.values = item.values.into_iter().map(as_text).collect();
    }
    item
}

/// What the modifiers say, if they are of those that compare texts and go together.
fn manner(modifiers: &[Modifier]) -> Option<Manner> {
    let mut manner = Manner { comparison: Comparison::Exact, cased: false, windash: false };
    for modifier in modifiers {
        let comparison = match modifier {
            Modifier::Contains => Comparison::Contains,
            Modifier::StartsWith => Comparison::StartsWith,
            Modifier::EndsWith => Comparison::EndsWith,
            Modifier::Cased => {
                manner.cased = true;
                continue;
            }
            Modifier::WindAsh => {
                manner.windash = true;
                continue;
            }
            Modifier::All | Modifier::Neq => continue,
            _ => return None,
        };
        if !matches!(manner.comparison, Comparison::Exact) {
            // The engine says which two do not go together.
            return None;
        }
        manner.comparison = comparison;
    }
    Some(manner)
}

fn comparison_modifiers(comparison: Comparison, cased: bool) -> Vec<Modifier> {
    let operator = match comparison {
        Comparison::Absent => return Vec::new(),
        Comparison::Exact => None,
        Comparison::StartsWith => Some(Modifier::StartsWith),
        Comparison::EndsWith => Some(Modifier::EndsWith),
        Comparison::Contains => Some(Modifier::Contains),
        Comparison::Expression => return vec![Modifier::Re, Modifier::DotAll],
    };
    operator.into_iter().chain(cased.then_some(Modifier::Cased)).collect()
}

/// A number or a truth value as the text that an event shows.
fn as_text(value: SigmaValue) -> SigmaValue {
    match value {
        SigmaValue::String(_) | SigmaValue::Null => value,
        other => {
            plain(&other).map_or(SigmaValue::Null, |text| SigmaValue::String(SigmaString::from_raw(&text)))
        }
    }
}

fn without_offsets(mut item: DetectionItem) -> Result<DetectionItem, TooShort> {
    let modifiers = &mut item.field.modifiers;
    if !modifiers.contains(&Modifier::Base64Offset) || !goes_with_offsets(modifiers) {
        return Ok(item);
    }
    let mut values = Vec::new();
    for value in &item.values {
        let Some(text) = plain(value) else { return Ok(item) };
        let bytes = encoded(&text, modifiers);
        if bytes.len() < SHORTEST {
            return Err(TooShort(text));
        }
        values.extend(patterns(&bytes).map(|pattern| SigmaValue::String(SigmaString::from_raw(&pattern))));
    }
    item.values = values;
    modifiers.retain(|modifier| {
        !matches!(
            modifier,
            Modifier::Base64Offset
                | Modifier::Wide
                | Modifier::Utf16
                | Modifier::Utf16be
                | Modifier::Contains
                | Modifier::StartsWith
                | Modifier::EndsWith
                | Modifier::WindAsh
        )
    });
    modifiers.push(Modifier::Contains);
    Ok(item)
}

/// Whether the modifiers are among those that `base64offset` goes with; of others the engine complains.
fn goes_with_offsets(modifiers: &[Modifier]) -> bool {
    let count = |among: &[Modifier]| modifiers.iter().filter(|modifier| among.contains(modifier)).count();
    let operators = [Modifier::Contains, Modifier::StartsWith, Modifier::EndsWith];
    let encodings = [Modifier::Wide, Modifier::Utf16, Modifier::Utf16be];
    let others = [Modifier::Base64Offset, Modifier::All, Modifier::Cased, Modifier::Neq, Modifier::WindAsh];
    count(&operators) <= 1
        && count(&encodings) <= 1
        && count(&operators) + count(&encodings) + count(&others) == modifiers.len()
}

fn plain(value: &SigmaValue) -> Option<String> {
    match value {
        SigmaValue::String(text) => Some(text.as_plain().unwrap_or_else(|| text.original.clone())),
        SigmaValue::Integer(number) => Some(number.to_string()),
        // With its point: 2.0 is not found in 12.
        SigmaValue::Float(number) => Some(format!("{number:?}")),
        SigmaValue::Bool(truth) => Some(truth.to_string()),
        SigmaValue::Null => None,
    }
}

fn encoded(text: &str, modifiers: &[Modifier]) -> Vec<u8> {
    let units = text.encode_utf16();
    if modifiers.contains(&Modifier::Wide) {
        units.flat_map(u16::to_le_bytes).collect()
    } else if modifiers.contains(&Modifier::Utf16be) {
        units.flat_map(u16::to_be_bytes).collect()
    } else if modifiers.contains(&Modifier::Utf16) {
        std::iter::once(0xfeff).chain(units).flat_map(u16::to_le_bytes).collect()
    } else {
        text.as_bytes().to_vec()
    }
}

/// What base64 makes of the bytes wherever they stand: behind 0, 1 or 2 bytes of a group of three, those characters of
/// which every bit is the value's own.
fn patterns(value: &[u8]) -> impl Iterator<Item = String> {
    (0..3_usize).map(|before| {
        let (first, last) = ((8 * before).div_ceil(6), 8 * (before + value.len()) / 6);
        (first..last).filter_map(|place| character(value, 6 * place - 8 * before)).collect()
    })
}

/// The character for the six bits from `bit` on.
fn character(value: &[u8], bit: usize) -> Option<char> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let high = *value.get(bit / 8)?;
    let low = value.get(bit / 8 + 1).copied().unwrap_or(0);
    let six = (u16::from_be_bytes([high, low]) >> (10 - bit % 8)) & 0x3f;
    ALPHABET.get(usize::from(six)).copied().map(char::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Base64 the slow way, bit by bit: what the patterns are compared with.
    fn base64(bytes: &[u8]) -> String {
        const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let bits: Vec<u8> =
            bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
        let mut text: String = bits
            .chunks(6)
            .map(|six| {
                (0..6).fold(0, |code, bit| code << 1 | usize::from(six.get(bit).copied().unwrap_or(0)))
            })
            .map(|code| ALPHABET.chars().nth(code).unwrap())
            .collect();
        while !text.len().is_multiple_of(4) {
            text.push('=');
        }
        text
    }

    #[test]
    fn the_oracle_is_right() {
        for (plain, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }

    proptest::proptest! {
        #[test]
        fn a_value_is_found_wherever_it_stands(
            before in proptest::collection::vec(proptest::num::u8::ANY, 0..9),
            value in proptest::collection::vec(proptest::num::u8::ANY, 3..24),
            after in proptest::collection::vec(proptest::num::u8::ANY, 0..9),
        ) {
            let text = base64(&[&*before, &*value, &*after].concat());
            let pattern = patterns(&value).nth(before.len() % 3).unwrap();
            assert!(text.contains(&pattern), "{pattern} in {text}");
            assert!(pattern.len() >= 3);
        }
    }

    #[test]
    fn patterns_are_those_of_the_specification() {
        // pySigma: the start loses 0, 2 or 3 characters, the end none, 3 or 2.
        for length in 3..12 {
            let value: Vec<u8> = (0..length).map(|byte: u8| byte.wrapping_mul(37).wrapping_add(11)).collect();
            for (before, pattern) in patterns(&value).enumerate() {
                let encoded = base64(&[vec![b' '; before], value.clone()].concat());
                let start = [0, 2, 3][before];
                let end = encoded.len() - [0, 3, 2][(value.len() + before) % 3];
                assert_eq!(pattern, encoded[start..end]);
            }
        }
    }

    #[test]
    fn wide_texts_are_encoded_first() {
        assert_eq!(encoded("aé", &[Modifier::Wide]), [0x61, 0, 0xe9, 0]);
        assert_eq!(encoded("a", &[Modifier::Utf16be]), [0, 0x61]);
        assert_eq!(encoded("a", &[Modifier::Utf16]), [0xff, 0xfe, 0x61, 0]);
    }
}
