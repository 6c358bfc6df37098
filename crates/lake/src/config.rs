//! How the lake is tuned. The default is right for one machine; nothing here changes what a query answers.

use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LakeConfig {
    /// Rows in memory that start a flush.
    pub flush_rows: usize,
    /// Bytes in memory that start a flush.
    pub flush_bytes: usize,
    /// The oldest row in memory is flushed after this long.
    pub flush_after: Duration,
    /// Memory that nothing was added to for this long is flushed.
    pub flush_idle: Duration,
    /// Bytes in memory (flushes under way included) at which reading the journal pauses.
    pub memory_bytes: usize,
    /// How many small files of a table and day start a compaction.
    pub compact_files: usize,
    /// Files with this many rows are not compacted any further.
    pub compact_rows: u64,
    /// How often compaction and clean-up look for work.
    pub maintain_every: Duration,
    /// What a query may use when its caller says nothing else.
    pub query: QueryLimits,
    /// Threads that run queries, apart from those that serve devices and people. 0: as many as there are cores.
    pub query_threads: usize,
    /// How long a query waits for the lake to have read what the journal held when it came.
    pub catch_up: Duration,
}

impl Default for LakeConfig {
    fn default() -> Self {
        Self {
            flush_rows: 1_000_000,
            flush_bytes: 48 << 20,
            flush_after: Duration::from_secs(60),
            flush_idle: Duration::from_secs(30),
            memory_bytes: 192 << 20,
            compact_files: 8,
            compact_rows: 4_000_000,
            maintain_every: Duration::from_secs(20),
            query: QueryLimits::default(),
            query_threads: 0,
            catch_up: Duration::from_millis(800),
        }
    }
}

/// What one query may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryLimits {
    /// Rows in the answer; further ones are left out and the answer says so.
    pub rows: usize,
    pub time: Duration,
    /// Bytes for sorting, grouping and joining, and for the answer itself.
    pub memory: usize,
}

impl Default for QueryLimits {
    fn default() -> Self {
        Self { rows: 10_000, time: Duration::from_secs(30), memory: 512 << 20 }
    }
}
