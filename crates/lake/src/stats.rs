//! The lake's own figures, for operators and metrics.

use backplane::journal::Offset;

/// What the lake holds and how it fares, right now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LakeStats {
    pub files: u64,
    /// Of the files.
    pub bytes: u64,
    /// In files and memory.
    pub rows: u64,
    pub memory_rows: u64,
    pub memory_bytes: u64,
    /// The journal offset up to which rows are in files.
    pub applied: Offset,
    /// The journal offset up to which rows can be queried.
    pub position: Offset,
    /// Journal records not read yet.
    pub lag: u64,
    /// Journal records that cannot be read or were gone before the lake came to them.
    pub lost_records: u64,
    pub quarantined_files: u64,
    pub quarantined_rows: u64,
    pub flushes: u64,
    pub compactions: u64,
    /// Why flushing does not succeed at the moment (a full disk, an absent database).
    pub flush_error: Option<String>,
    /// Reading the journal pauses because memory is full.
    pub paused: bool,
}
