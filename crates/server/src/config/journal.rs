use super::section::section;

section! {
    /// The log that every message is written to before it is acknowledged.
    Journal {
        /// Size of one segment file.
        segment_bytes: u64 = 64 * 1024 * 1024,
        /// How much is kept behind the slowest reader, so that live streams can resume.
        keep_bytes: u64 = 1024 * 1024 * 1024,
        /// Below this much free disk space messages are refused (not lost: senders keep them) rather than accepted.
        min_free_bytes: u64 = 256 * 1024 * 1024,
    }
}
