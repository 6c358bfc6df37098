//! Numbers and durations as they read in an English sentence.

/// At most six significant digits, no trailing zeros: `107.4`, `0.000125`, `1250000`.
#[must_use]
pub fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor();
    if !(-9.0..15.0).contains(&magnitude) {
        return format!("{value:e}");
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "magnitude is within -9..15")]
    let decimals = (5.0 - magnitude).clamp(0.0, 14.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// The two largest units: `45 s`, `10 min`, `1 h 30 min`, `2 d`.
#[must_use]
pub fn duration(seconds: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (size, name) in UNITS {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            parts.push(format!("{count} {name}"));
        } else if !parts.is_empty() {
            break;
        }
        if parts.len() == 2 {
            break;
        }
    }
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(number(107.400_000_1), "107.4");
        assert_eq!(number(100.0), "100");
        assert_eq!(number(-0.000_125), "-0.000125");
        assert_eq!(number(1_250_000.0), "1250000");
        assert_eq!(number(0.1 + 0.2), "0.3");
        assert_eq!(number(1e20), "1e20");
        assert_eq!(number(0.0), "0");
    }

    #[test]
    fn durations_use_two_units_at_most() {
        assert_eq!(duration(0), "0 s");
        assert_eq!(duration(600), "10 min");
        assert_eq!(duration(5400), "1 h 30 min");
        assert_eq!(duration(86_400), "1 d");
        assert_eq!(duration(86_461), "1 d");
        assert_eq!(duration(61), "1 min 1 s");
    }
}
