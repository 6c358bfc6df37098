//! Long-running work: readers of the journal and the like, each started again when it fails.

mod supervise;

pub use supervise::Supervisor;
