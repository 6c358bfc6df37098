//! A file that queries may be reading. It is deleted only when it was replaced and nobody holds it any more.

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::RwLock;

use crate::FileEntry;

#[derive(Debug)]
pub(crate) struct LiveFile {
    pub entry: FileEntry,
    /// Its checksum was computed by this process, when writing or reading it whole.
    verified: AtomicBool,
    damage: RwLock<Option<String>>,
}

impl LiveFile {
    /// A file that this process has just written.
    pub fn written(entry: FileEntry) -> Self {
        let file = Self::found(entry);
        file.trust();
        file
    }

    /// A file that the catalog names.
    pub fn found(entry: FileEntry) -> Self {
        let damage = RwLock::new(entry.quarantined.clone());
        Self { entry, verified: AtomicBool::new(false), damage }
    }

    pub fn is_verified(&self) -> bool {
        self.verified.load(Ordering::Acquire)
    }

    pub fn trust(&self) {
        self.verified.store(true, Ordering::Release);
    }

    pub fn distrust(&self) {
        self.verified.store(false, Ordering::Release);
    }

    pub fn damage(&self) -> Option<String> {
        self.damage.read().clone()
    }

    pub fn quarantine(&self, reason: &str) {
        *self.damage.write() = Some(reason.to_owned());
    }
}
