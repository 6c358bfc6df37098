//! When to try again.

use std::time::Duration;

use model::Timestamp;
use rand::RngExt as _;
use time::PrimitiveDateTime;
use time::macros::format_description;

const FIRST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(4 * 3600);
/// A receiver that asks for more does not get more.
const LONGEST_ASKED: Duration = Duration::from_secs(3600);

/// With these pauses the last attempt is about a day after the first.
pub const MOST_ATTEMPTS: i64 = 15;

/// The pause after so many failed attempts: doubling, with a fifth of jitter so that what failed together does not
/// come back together. It is longer when the receiver asked for that, up to an hour.
pub fn pause(attempts: i64, asked: Option<Duration>) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1).clamp(0, 30)).unwrap_or(30);
    let pause = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    let pause = pause.mul_f64(rand::rng().random_range(0.8..1.2));
    asked.map_or(pause, |asked| pause.max(asked.min(LONGEST_ASKED)))
}

/// What a header `Retry-After` asks for: seconds, or a moment as HTTP writes it (`Wed, 21 Oct 2026 07:28:00 GMT`).
pub fn asked(retry_after: &str, now: Timestamp) -> Option<Duration> {
    let text = retry_after.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are more than an hour.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let moment = PrimitiveDateTime::parse(text, format).ok()?.assume_utc();
    Some(Timestamp::from(moment).since(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_stay_below_five_hours() {
        assert!((8..=12).contains(&pause(1, None).as_secs()));
        assert!((64..=96).contains(&pause(4, None).as_secs()));
        assert!(pause(40, None) <= LONGEST.mul_f64(1.2));
        let total: u64 = (1..MOST_ATTEMPTS).map(|attempt| pause(attempt, None).as_secs()).sum();
        assert!((12 * 3600..36 * 3600).contains(&total), "{total}");
    }

    #[test]
    fn a_receiver_may_ask_for_a_longer_pause_but_not_for_a_shorter_one() {
        let secs = Duration::from_secs;
        assert_eq!(pause(1, Some(secs(300))), secs(300));
        assert_eq!(pause(1, Some(secs(86_400))), secs(3600));
        assert!((64..=96).contains(&pause(4, Some(secs(1))).as_secs()));
        assert!(pause(40, Some(secs(86_400))) > secs(3600));
    }

    #[test]
    fn what_is_asked_is_seconds_or_a_moment() {
        let now = Timestamp::parse_rfc3339("2026-10-21T07:28:00Z").unwrap();
        let asks = |text| asked(text, now).map(|pause| pause.as_secs());
        assert_eq!(asks("120"), Some(120));
        assert_eq!(asks(" 0 "), Some(0));
        assert_eq!(asks("99999999999999999999999"), Some(u64::MAX));
        assert_eq!(asks("Wed, 21 Oct 2026 07:38:00 GMT"), Some(600));
        assert_eq!(asks("Wed, 21 Oct 2026 07:00:00 GMT"), Some(0));
        for nonsense in ["", "soon", "-5", "1.5", "Wed, 21 Oct 2026", "Wed, 41 Oct 2026 07:38:00 GMT"] {
            assert_eq!(asks(nonsense), None, "{nonsense}");
        }
    }
}
