//! What the engine reads otherwise than Sigma means it, said in words that both take alike.
//!
//! - `base64offset`: the engine keeps characters at the end of each pattern that depend on what follows the value, and so
//!   misses two of three places where it can stand. The patterns are made here, and the engine only searches for them.
//! - `'|all'` without a field: the engine looks for one text that equals every keyword, where each keyword may stand
//!   anywhere in the event.

use rsigma_parser::{Detection, DetectionItem, FieldSpec, Modifier, SigmaRule, SigmaString, SigmaValue};

/// The shortest value whose every pattern has at least three characters; shorter ones would be found in most texts.
const SHORTEST: usize = 3;

/// A value for `base64offset` that is too short to be told from chance.
#[derive(Debug, PartialEq, Eq)]
pub struct TooShort(pub String);

pub fn rewrite(rule: &mut SigmaRule) -> Result<(), TooShort> {
    rule.detection.named.values_mut().try_for_each(|found| detection(found, false))
}

/// `member`: inside a block over an array's members, where an item without a field means the member itself.
fn detection(found: &mut Detection, member: bool) -> Result<(), TooShort> {
    match found {
        Detection::AllOf(items) => {
            let mut rewritten = Vec::with_capacity(items.len());
            for item in items.drain(..) {
                for part in apart(item, member) {
                    rewritten.push(without_offsets(part)?);
                }
            }
            *items = rewritten;
            Ok(())
        }
        Detection::AnyOf(parts) | Detection::And(parts) => {
            parts.iter_mut().try_for_each(|part| detection(part, member))
        }
        Detection::ArrayMatch { body, .. } => detection(body, true),
        Detection::Conditional { named, .. } => {
            named.values_mut().try_for_each(|part| detection(part, member))
        }
        Detection::Keywords(_) => Ok(()),
    }
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

fn without_offsets(mut item: DetectionItem) -> Result<DetectionItem, TooShort> {
    let modifiers = &mut item.field.modifiers;
    if !modifiers.contains(&Modifier::Base64Offset) {
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
        )
    });
    modifiers.push(Modifier::Contains);
    Ok(item)
}

fn plain(value: &SigmaValue) -> Option<String> {
    match value {
        SigmaValue::String(text) => Some(text.as_plain().unwrap_or_else(|| text.original.clone())),
        SigmaValue::Integer(number) => Some(number.to_string()),
        SigmaValue::Float(number) => Some(number.to_string()),
        SigmaValue::Bool(_) | SigmaValue::Null => None,
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
