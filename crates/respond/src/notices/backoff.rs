//! When to try again.

use std::time::Duration;

use rand::RngExt as _;

const FIRST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(4 * 3600);

/// With these pauses the last attempt is about a day after the first.
pub const MOST_ATTEMPTS: i64 = 15;

/// The pause after so many failed attempts: doubling, with a fifth of jitter so that what failed together does not
/// come back together.
pub fn pause(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1).clamp(0, 30)).unwrap_or(30);
    let pause = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    pause.mul_f64(rand::rng().random_range(0.8..1.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_stay_below_five_hours() {
        assert!((8..=12).contains(&pause(1).as_secs()));
        assert!((64..=96).contains(&pause(4).as_secs()));
        assert!(pause(40) <= LONGEST.mul_f64(1.2));
        let total: u64 = (1..MOST_ATTEMPTS).map(|attempt| pause(attempt).as_secs()).sum();
        assert!((12 * 3600..36 * 3600).contains(&total), "{total}");
    }
}
