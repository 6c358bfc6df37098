//! What became of a message.

use model::{Phrase, ProblemCode};

/// One per message, in the order of the messages; final once it is handed out.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Stored. The notes say what was adapted on the way (a renamed field, a key that came twice).
    Accepted { points: usize, notes: Vec<String> },
    /// A message that was stored before, sent again because its acknowledgement was lost.
    Retransmitted,
    /// Not stored as data, but recorded as a problem of the device.
    Refused { code: ProblemCode, explanation: Phrase },
}

impl Verdict {
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }
}
