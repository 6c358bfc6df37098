//! How often a device sends, learned robustly from when it did.

use std::time::Duration;

use model::Timestamp;
use serde::{Deserialize, Serialize};

use super::TwinsConfig;
use super::view::Rhythm;

/// So many intervals are looked at: enough for a median that a single outage does not move.
const KEPT: usize = 15;
/// With fewer, nothing is claimed.
const ENOUGH: usize = 5;
/// Messages closer together than this are one burst: a device that sends ten topics every minute sends every minute.
const BURST: Duration = Duration::from_secs(1);
/// A burst that goes on for so long is a device that sends all the time.
const STEADY: Duration = Duration::from_secs(10);
/// Nobody wants to hear of a silence later than this.
const LONGEST_SILENCE: Duration = Duration::from_secs(48 * 60 * 60);

/// The latest intervals between a device's bursts, in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Intervals {
    kept: Vec<u32>,
    next: u8,
    burst: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Intervals {
    pub fn heard(&mut self, at: Timestamp) {
        let (Some(burst), Some(last)) = (self.burst, self.last) else {
            (self.burst, self.last) = (Some(at), Some(at));
            return;
        };
        if at.since(last) >= BURST {
            self.keep(at.since(burst));
            self.burst = Some(at);
        } else if at.since(burst) >= STEADY {
            self.keep(BURST);
            self.burst = Some(at);
        }
        self.last = Some(at.max(last));
    }

    /// What comes next says nothing about the device: we were not listening.
    pub fn interrupt(&mut self) {
        (self.burst, self.last) = (None, None);
    }

    fn keep(&mut self, interval: Duration) {
        let millis = u32::try_from(interval.as_millis()).unwrap_or(u32::MAX);
        let slot = usize::from(self.next) % KEPT;
        match self.kept.get_mut(slot) {
            Some(kept) => *kept = millis,
            None => self.kept.push(millis),
        }
        self.next = u8::try_from((slot + 1) % KEPT).unwrap_or(0);
    }

    /// None while too little is known.
    pub fn rhythm(&self, config: &TwinsConfig) -> Option<Rhythm> {
        if self.kept.len() < ENOUGH {
            return None;
        }
        let mut sorted = self.kept.clone();
        sorted.sort_unstable();
        let at = |index: usize| Duration::from_millis(sorted.get(index).copied().map_or(0, u64::from));
        let usual = at(sorted.len() / 2);
        // The second longest: one outage in the window must not make us deaf to the next.
        let long = at(sorted.len().saturating_sub(2));
        let silent_after = (usual * 4)
            .max(long * 2)
            .clamp(config.shortest_silence, LONGEST_SILENCE.max(config.shortest_silence));
        Some(Rhythm { usual, silent_after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learned(seconds: impl IntoIterator<Item = f64>) -> Option<Rhythm> {
        let mut intervals = Intervals::default();
        for second in seconds {
            intervals.heard(Timestamp::from_micros((second * 1e6) as i64));
        }
        intervals.rhythm(&TwinsConfig::default())
    }

    #[test]
    fn nothing_is_claimed_of_a_stranger() {
        assert_eq!(learned((0..5).map(|n| f64::from(n) * 30.0)), None);
    }

    #[test]
    fn a_steady_device_is_every_thirty_seconds() {
        let rhythm = learned((0..20).map(|n| f64::from(n) * 30.0)).unwrap();
        assert_eq!(rhythm.usual, Duration::from_secs(30));
        assert_eq!(rhythm.silent_after, Duration::from_secs(120));
    }

    #[test]
    fn one_outage_moves_nothing() {
        let rhythm =
            learned((0..20).map(|n| f64::from(n) * 30.0 + if n > 12 { 9_000.0 } else { 0.0 })).unwrap();
        assert_eq!(rhythm.usual, Duration::from_secs(30));
        assert_eq!(rhythm.silent_after, Duration::from_secs(120));
    }

    #[test]
    fn a_burst_is_one_beat() {
        let beats = (0..10).flat_map(|n| (0..8).map(move |m| f64::from(n) * 60.0 + f64::from(m) * 0.05));
        assert_eq!(learned(beats).unwrap().usual, Duration::from_secs(60));
    }

    #[test]
    fn a_stream_is_every_second_or_faster() {
        let rhythm = learned((0..1_000).map(|n| f64::from(n) * 0.1)).unwrap();
        assert!(rhythm.usual <= BURST, "{rhythm:?}");
        assert_eq!(rhythm.silent_after, Duration::from_secs(30));
    }
}
