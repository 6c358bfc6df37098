//! The column that a field becomes.

use std::borrow::Cow;

const LONGEST: usize = 64;

/// Columns that every table has of its own; a field of that name gets an underscore.
fn is_taken(name: &str) -> bool {
    matches!(name, "ts" | "device" | "name" | "profile" | "offset" | "overflow")
}

/// The column for a field: lower case, `[a-z_][a-z0-9_]*`, at most 64 bytes. The same name always becomes the same
/// column, and a name that is one already stays as it is.
#[must_use]
pub fn field_name(raw: &str) -> Cow<'_, str> {
    if is_plain(raw) && !is_taken(raw) {
        return Cow::Borrowed(raw);
    }
    let mut name = String::with_capacity(raw.len() + 1);
    for letter in raw.chars() {
        let letter = letter.to_ascii_lowercase();
        if name.is_empty() && letter.is_ascii_digit() {
            name.push('_');
        }
        name.push(if letter.is_ascii_alphanumeric() { letter } else { '_' });
    }
    if name.is_empty() {
        name.push('_');
    }
    if is_taken(&name) {
        name.push('_');
    }
    if name.len() > LONGEST {
        // The end of a long name is often what tells it from its neighbours, so a fingerprint stands for it.
        let fingerprint = fingerprint(raw);
        name.truncate(LONGEST - 9);
        name.push('_');
        name.push_str(&fingerprint);
    }
    Cow::Owned(name)
}

fn is_plain(raw: &str) -> bool {
    raw.len() <= LONGEST
        && raw.as_bytes().first().is_some_and(|first| !first.is_ascii_digit())
        && raw.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Eight hexadecimal digits of FNV-1a: stable across versions, unlike the standard library's hasher.
fn fingerprint(raw: &str) -> String {
    let hash = raw.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{:08x}", (hash ^ (hash >> 32)) & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_stay() {
        for name in ["temperature", "_x", "pm2_5", "a"] {
            assert!(matches!(field_name(name), Cow::Borrowed(same) if same == name));
        }
    }

    #[test]
    fn others_become_columns() {
        for (raw, column) in [
            ("Temperature", "temperature"),
            ("battery level (%)", "battery_level____"),
            ("2m_temp", "_2m_temp"),
            ("température", "temp_rature"),
            ("", "_"),
            ("ts", "ts_"),
            ("Device", "device_"),
        ] {
            assert_eq!(field_name(raw), column, "{raw:?}");
        }
    }

    #[test]
    fn long_names_stay_apart() {
        let one = "x".repeat(90) + "1";
        let two = "x".repeat(90) + "2";
        assert_eq!(field_name(&one).len(), 64);
        assert_ne!(field_name(&one), field_name(&two));
        assert_eq!(field_name(&field_name(&one)), field_name(&one));
    }
}
