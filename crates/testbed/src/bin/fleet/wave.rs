//! What days are made of: smooth noise, working hours, weekends. All from a seed and the time.

const HOUR_MS: f64 = 3_600_000.0;

/// FNV-1a, mixed. Stable between runs and machines.
pub fn hash(text: &str) -> u64 {
    let folded = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    mix(folded)
}

/// The finaliser of splitmix64.
pub const fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Between 0 and 1, for a seed and a number.
pub fn unit(seed: u64, n: i64) -> f64 {
    let bits = mix(seed ^ n.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15));
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// One device at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub seed: u64,
    /// Milliseconds since 1970.
    pub ms: i64,
}

impl Moment {
    /// What this device has as its own, between `low` and `high`, always the same.
    pub fn own(self, trait_of_it: &str, low: f64, high: f64) -> f64 {
        low + (high - low) * unit(self.seed ^ hash(trait_of_it), 0)
    }

    /// Smooth noise between -1 and 1 that changes within about `hours`.
    pub fn drift(self, of: &str, hours: f64) -> f64 {
        let seed = self.seed ^ hash(of);
        let position = self.ms as f64 / (hours * HOUR_MS);
        let (whole, part) = (position.floor(), position - position.floor());
        let (from, to) = (unit(seed, whole as i64), unit(seed, whole as i64 + 1));
        let eased = part * part * 2.0_f64.mul_add(-part, 3.0);
        2.0 * (from + (to - from) * eased) - 1.0
    }

    /// Noise between -1 and 1 that is new at every moment.
    pub fn noise(self, of: &str) -> f64 {
        2.0 * unit(self.seed ^ hash(of), self.ms) - 1.0
    }

    /// True in about `share` of the time, for stretches of about `hours`.
    pub fn sometimes(self, of: &str, share: f64, hours: f64) -> bool {
        unit(self.seed ^ hash(of), (self.ms as f64 / (hours * HOUR_MS)).floor() as i64) < share
    }

    /// Hours since 1970.
    pub fn hours(self) -> f64 {
        self.ms as f64 / HOUR_MS
    }

    pub fn hour_of_day(self) -> f64 {
        self.hours().rem_euclid(24.0)
    }

    pub fn weekend(self) -> bool {
        // 1970 began on a Thursday.
        matches!(self.ms.div_euclid(86_400_000).rem_euclid(7), 2 | 3)
    }

    /// How busy the site is: 0 at night, 1 on a working day, with a dip at noon.
    pub fn busy(self) -> f64 {
        let hour = self.hour_of_day();
        let morning = smooth((hour - 6.5) / 2.5);
        let evening = 1.0 - smooth((hour - 16.5) / 3.0);
        let lunch = 1.0 - 0.25 * (-((hour - 12.5) / 0.6).powi(2)).exp();
        let day = morning.min(evening) * lunch;
        if self.weekend() { 0.15 * day } else { day }
    }

    /// Between -1 (before sunrise) and 1 (early afternoon).
    pub fn warmth_of_day(self) -> f64 {
        ((self.hour_of_day() - 9.0) / 24.0 * std::f64::consts::TAU).sin()
    }
}

fn smooth(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * 2.0_f64.mul_add(-x, 3.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_working_day_is_busy_and_a_night_is_not() {
        // 2026-11-18 was a Wednesday, 2026-11-21 a Saturday.
        let at = |ms| Moment { seed: 1, ms };
        let (wednesday, saturday) = (1_794_960_000_000, 1_795_219_200_000);
        assert!(!at(wednesday).weekend() && at(saturday).weekend());
        assert!(at(wednesday + 10 * 3_600_000).busy() > 0.9);
        assert!(at(wednesday + 3 * 3_600_000).busy() < 0.01);
        assert!(at(saturday + 10 * 3_600_000).busy() < 0.2);
    }

    #[test]
    fn drift_is_smooth_and_repeatable() {
        let at = |ms| Moment { seed: 7, ms }.drift("x", 1.0);
        let mut last = at(0);
        for minute in 1..600 {
            let next = at(minute * 60_000);
            assert!((next - last).abs() < 0.06 && next.abs() <= 1.0);
            last = next;
        }
        assert!((at(5) - at(5)).abs() < f64::EPSILON);
    }
}
