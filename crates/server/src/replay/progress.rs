//! What the person who waits sees: one line on standard error, and a summary on standard output.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use model::Timestamp;

const EVERY: Duration = Duration::from_millis(500);
const EVERY_IN_A_LOG: Duration = Duration::from_secs(10);
/// Refused and left-out rows that are told singly.
const TOLD: u64 = 5;

pub struct Progress {
    began: Instant,
    shown: Instant,
    terminal: bool,
    pub acknowledged: u64,
    pub refused: u64,
    pub left_out: u64,
    /// Rows with a time and no value.
    pub empty: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Progress {
    pub fn new() -> Self {
        let now = Instant::now();
        Self {
            began: now,
            shown: now,
            terminal: std::io::stderr().is_terminal(),
            acknowledged: 0,
            refused: 0,
            left_out: 0,
            empty: 0,
            first: None,
            last: None,
        }
    }

    pub fn acknowledged(&mut self, count: u64, from: Timestamp, to: Timestamp) {
        self.acknowledged += count;
        self.first = Some(self.first.map_or(from, |first| first.min(from)));
        self.last = self.last.max(Some(to));
    }

    pub fn refused(&mut self, rows: &str, count: u64, why: &str) {
        if self.refused < TOLD {
            self.say(&format!("{rows} refused by the server: {why}"));
        }
        self.refused += count;
    }

    pub fn left_out(&mut self, why: &str) {
        if self.left_out < TOLD {
            self.say(&format!("left out {why}"));
        }
        self.left_out += 1;
    }

    /// A line of its own.
    pub fn say(&self, text: &str) {
        let clear = if self.terminal { "\r\u{1b}[K" } else { "" };
        let _ = writeln!(std::io::stderr(), "{clear}{text}");
    }

    /// The line that moves, every so often.
    pub fn show(&mut self) {
        let every = if self.terminal { EVERY } else { EVERY_IN_A_LOG };
        if self.shown.elapsed() < every {
            return;
        }
        self.shown = Instant::now();
        let at = self.last.map_or_else(String::new, |last| format!(", at {last}"));
        let line = format!("{} rows acknowledged, {:.0} a second{at}", self.acknowledged, self.rate());
        if self.terminal {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K{line}");
            let _ = std::io::stderr().flush();
        } else {
            self.say(&line);
        }
    }

    pub fn rate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
        let rows = self.acknowledged as f64;
        rows / self.began.elapsed().as_secs_f64().max(0.001)
    }

    pub fn summary(&self) -> String {
        let span = match (self.first, self.last) {
            (Some(first), Some(last)) => format!(", from {first} to {last}"),
            _ => String::new(),
        };
        let left_out = if self.left_out > 0 {
            format!("; {} left out", count(self.left_out, "bad row"))
        } else {
            String::new()
        };
        let empty = if self.empty > 0 {
            format!("; {} without a value skipped", count(self.empty, "row"))
        } else {
            String::new()
        };
        format!(
            "{} acknowledged as stored in {:.1} s ({:.0} a second){span}{left_out}{empty}",
            count(self.acknowledged, "row"),
            self.began.elapsed().as_secs_f64(),
            self.rate()
        )
    }

    /// Ends the moving line.
    pub fn finish(&self) {
        if self.terminal {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}

/// "1 row", "2 rows".
pub fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
