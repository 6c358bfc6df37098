//! Time stamps as files write them.

use model::Timestamp;
use time::PrimitiveDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const PLAIN: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
const FRACTION: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond]");
const SHORT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]");

/// From here on a number counts milliseconds, below it seconds: the year 5138 in the one, 1973 in the other.
const MILLISECONDS_FROM: f64 = 1e11;

/// RFC 3339, `YYYY-MM-DD HH:MM[:SS[.ffffff]]` in UTC, or seconds or milliseconds since 1970.
pub fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        let millis = if number.abs() < MILLISECONDS_FROM { number * 1000.0 } else { number };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "far inside the range of an i64 when it is taken"
        )]
        return (millis.is_finite() && millis.abs() < 1e14)
            .then(|| Timestamp::from_micros((millis * 1000.0).round() as i64));
    }
    if let Ok(moment) = Timestamp::parse_rfc3339(text) {
        return Some(moment);
    }
    let spaced = text.replacen(['T', 't'], " ", 1);
    [PLAIN, FRACTION, SHORT]
        .into_iter()
        .find_map(|format| PrimitiveDateTime::parse(&spaced, format).ok())
        .map(|moment| moment.assume_utc().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_moment_in_many_spellings() {
        let moment = Timestamp::from_millis(1_386_018_900_000);
        for text in [
            "2013-12-02 21:15:00",
            "2013-12-02T21:15:00",
            "2013-12-02 21:15",
            "2013-12-02 21:15:00.000000",
            "2013-12-02T21:15:00Z",
            "2013-12-02T22:15:00+01:00",
            "1386018900",
            "1386018900000",
            " 1386018900.0 ",
        ] {
            assert_eq!(parse(text), Some(moment), "{text}");
        }
        assert_eq!(parse("2013-12-02 21:15:00.25"), Some(Timestamp::from_millis(1_386_018_900_250)));
    }

    #[test]
    fn what_is_no_time() {
        for text in ["", "yesterday", "2013-13-02 21:15:00", "NaN", "1e30", "02/12/2013"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
