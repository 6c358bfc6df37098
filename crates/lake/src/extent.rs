//! How far back a device's history reaches.

use model::Timestamp;

/// First and last row, and how many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    pub rows: u64,
}
