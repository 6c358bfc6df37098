//! How much of anything one message may hold.

/// Generous for a device, small for a server: a message that stays within these costs a few milliseconds at worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub payload_bytes: usize,
    /// Distinct fields in one point, or keys in one event.
    pub fields: usize,
    /// One text or JSON value of a measurement.
    pub text_bytes: usize,
    /// Objects and arrays inside one another.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { payload_bytes: 256 * 1024, fields: 1_000, text_bytes: 8 * 1024, depth: 32 }
    }
}
