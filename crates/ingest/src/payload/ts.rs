//! A device's own time stamps: milliseconds since 1970, if they can be true.

use std::time::Duration;

use model::{Phrase, ProblemCode, Timestamp, phrase};

use super::explain::Refusal;

/// 2000-01-01T00:00:00Z. A clock before it was never set.
const EARLIEST: Timestamp = Timestamp::from_millis(946_684_800_000);
/// Clocks run ahead, and time zones are mistaken for UTC; more than a day is neither.
const AHEAD: Duration = Duration::from_secs(24 * 60 * 60);

/// Checks a time stamp that was sent as `millis` against the server's time.
pub(super) fn check(millis: f64, now: Timestamp) -> Result<Timestamp, Refusal> {
    if let Some(ts) = plausible(millis, now) {
        return Ok(ts);
    }
    let shown = if millis.fract() == 0.0 && millis.abs() < 1e17 {
        format!("{millis:.0}")
    } else {
        millis.to_string()
    };
    let hint = other_unit(millis, now).unwrap_or_else(|| out_of_range(millis, now));
    Err(Refusal::new(
        ProblemCode::TimestampOutOfRange,
        phrase!(
            "timestamp_out_of_range",
            "ts is {ts}, but must be milliseconds since 1970 in UTC. {hint}",
            ts = shown,
            hint = hint,
        ),
    ))
}

/// Another unit in which the number makes sense.
fn other_unit(millis: f64, now: Timestamp) -> Option<Phrase> {
    let meant = |factor: f64| plausible(millis * factor, now);
    if let Some(meant) = meant(1e3) {
        return Some(phrase!(
            "looks_like_seconds",
            "It looks like seconds: multiply by 1000, and it is {meant_at}.",
            meant_at = meant,
        ));
    }
    if let Some(meant) = meant(1e-3) {
        return Some(phrase!(
            "looks_like_microseconds",
            "It looks like microseconds: divide by 1000, and it is {meant_at}.",
            meant_at = meant,
        ));
    }
    meant(1e-6).map(|meant| {
        phrase!(
            "looks_like_nanoseconds",
            "It looks like nanoseconds: divide by 1,000,000, and it is {meant_at}.",
            meant_at = meant,
        )
    })
}

fn out_of_range(millis: f64, now: Timestamp) -> Phrase {
    match to_timestamp(millis) {
        Some(meant) if meant > now => phrase!(
            "timestamp_ahead",
            "That is {meant_at}, more than a day after the server's time ({now_at}). Set the device's clock.",
            meant_at = meant,
            now_at = now,
        ),
        Some(meant) => phrase!(
            "timestamp_before_2000",
            "That is {meant_at}, before the year 2000. Set the device's clock.",
            meant_at = meant,
        ),
        None => phrase!("timestamp_no_date", "That is no date at all."),
    }
}

fn plausible(millis: f64, now: Timestamp) -> Option<Timestamp> {
    to_timestamp(millis).filter(|ts| (EARLIEST..=now.plus(AHEAD)).contains(ts))
}

fn to_timestamp(millis: f64) -> Option<Timestamp> {
    // Years 1 to 9999; beyond them there is no date to show.
    let range = -62_135_596_800_000.0..=253_402_300_799_000.0;
    #[expect(clippy::cast_possible_truncation, reason = "within the range that was just checked")]
    range.contains(&millis).then(|| Timestamp::from_micros((millis * 1000.0).round() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_763_750_000_000);

    #[test]
    fn fractions_of_a_millisecond_are_kept() {
        assert_eq!(check(1_763_750_000_000.25, NOW).unwrap(), Timestamp::from_micros(1_763_750_000_000_250));
    }

    #[test]
    fn other_units_are_recognised() {
        for (sent, word) in [
            (1_763_750_000.0, "looks like seconds"),
            (1_763_750_000_000_000.0, "looks like microseconds"),
            (1_763_750_000_000_000_000.0, "looks like nanoseconds"),
            (0.0, "before the year 2000"),
            (1_963_750_000_000.0, "more than a day after"),
            (1e300, "no date"),
            (-1e300, "no date"),
        ] {
            let refusal = check(sent, NOW).unwrap_err();
            assert_eq!(refusal.code, ProblemCode::TimestampOutOfRange);
            assert!(refusal.explanation.text().contains(word), "{sent}: {refusal}");
        }
    }

    #[test]
    fn a_clock_a_little_ahead_is_believed() {
        let ahead = NOW.plus(Duration::from_secs(23 * 3600));
        assert_eq!(check(ahead.as_millis() as f64, NOW).unwrap(), ahead);
    }
}
