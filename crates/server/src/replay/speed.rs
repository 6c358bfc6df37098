//! How fast rows follow one another.

use std::str::FromStr;
use std::time::Duration;

use model::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// As many times faster than the time stamps say.
    Times(f64),
    /// As fast as the server acknowledges.
    Max,
}

impl Speed {
    /// How long after the first row this one is due.
    pub fn due(self, first: Timestamp, row: Timestamp) -> Duration {
        match self {
            Self::Max => Duration::ZERO,
            Self::Times(times) => row.since(first).div_f64(times),
        }
    }
}

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("max") {
            return Ok(Self::Max);
        }
        match text.trim_end_matches(['x', 'X']).parse::<f64>() {
            Ok(times) if times.is_finite() && times >= 0.001 => Ok(Self::Times(times)),
            _ => Err("give a number such as 1 (real time) or 3600 (an hour in a second), or max".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds() {
        assert_eq!("max".parse(), Ok(Speed::Max));
        assert_eq!("60x".parse(), Ok(Speed::Times(60.0)));
        assert!("0".parse::<Speed>().is_err());
        let (first, later) = (Timestamp::from_millis(0), Timestamp::from_millis(120_000));
        assert_eq!(Speed::Times(60.0).due(first, later), Duration::from_secs(2));
        assert_eq!(Speed::Max.due(first, later), Duration::ZERO);
    }
}
