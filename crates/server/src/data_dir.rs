//! The data directory: made when missing, readable only by us, used by one server at a time.
//!
//! The lock is the operating system's, on an open file: it ends with the process, however that ends.

use std::fs::{self, File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    #[error("cannot use the data directory {}: {source}", path.display())]
    Unusable { path: PathBuf, source: std::io::Error },
    #[error(
        "another server{holder} already runs on {}. Stop it first, or give this one its own directory with --data.",
        path.display()
    )]
    Busy { path: PathBuf, holder: String },
}

/// Where everything of one installation lives.
#[derive(Clone, Debug)]
pub struct DataDir {
    root: PathBuf,
}

/// Held for as long as a server runs.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl DataDir {
    /// Makes the directory when it is missing.
    pub fn open(root: &Path) -> Result<Self, DataDirError> {
        let unusable = |source| DataDirError::Unusable { path: root.to_owned(), source };
        let fresh = !root.exists();
        fs::create_dir_all(root).map_err(unusable)?;
        if fresh {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(root, fs::Permissions::from_mode(0o700)).map_err(unusable)?;
        }
        Ok(Self { root: fs::canonicalize(root).map_err(unusable)? })
    }

    /// Makes sure that no second server writes to the directory.
    pub fn lock(&self) -> Result<Lock, DataDirError> {
        let path = self.root.join("lock");
        let unusable = |source| DataDirError::Unusable { path: self.root.clone(), source };
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                let holder = holder.trim();
                let holder = if holder.is_empty() { String::new() } else { format!(" (process {holder})") };
                return Err(DataDirError::Busy { path: self.root.clone(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        file.set_len(0).and_then(|()| file.rewind()).map_err(unusable)?;
        writeln!(file, "{}", std::process::id()).and_then(|()| file.flush()).map_err(unusable)?;
        Ok(Lock { _file: file })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn journal(&self) -> PathBuf {
        self.root.join("journal")
    }

    pub fn blobs(&self) -> PathBuf {
        self.root.join("blobs")
    }

    /// Checkpoints of the journal's readers: without them they are rebuilt from what the journal still holds.
    pub fn state(&self) -> PathBuf {
        self.root.join("state")
    }

    pub fn store_url(&self) -> String {
        format!("sqlite:{}", self.root.join("store.sqlite").display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_is_refused_and_names_the_first_process() {
        let directory = tempfile::tempdir().unwrap();
        let data = DataDir::open(&directory.path().join("new")).unwrap();
        let lock = data.lock().unwrap();
        let message = data.lock().unwrap_err().to_string();
        assert!(message.contains(&format!("process {}", std::process::id())), "{message}");
        drop(lock);
        data.lock().unwrap();
    }
}
