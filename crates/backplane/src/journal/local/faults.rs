//! A disk that fails when told to: full, broken, or cut off from power.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use super::disk::{Disk, DiskFile, FileSystem};

/// What goes wrong. All of it can be changed while a journal runs.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// So many bytes can still be written; a write beyond them is cut short and fails with ENOSPC.
    pub space: Option<usize>,
    pub writes_fail: bool,
    pub syncs_fail: bool,
    pub truncates_fail: bool,
}

/// The real file system, with faults.
#[derive(Clone, Default)]
pub struct FaultyDisk(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    faults: Faults,
    /// How much of each file a sync covered.
    durable: HashMap<PathBuf, u64>,
}

struct FaultyFile {
    disk: FaultyDisk,
    path: PathBuf,
    file: Box<dyn DiskFile>,
    len: u64,
}

impl FaultyDisk {
    pub fn set(&self, faults: Faults) {
        self.0.lock().faults = faults;
    }

    /// What a loss of power may do, once the journal is closed: of every 64 bytes that no sync covered, any may be
    /// zeros instead, and any file may end early. `coin` decides.
    ///
    /// # Errors
    /// The real disk failed.
    pub fn cut_power(&self, mut coin: impl FnMut() -> bool) -> io::Result<()> {
        use std::os::unix::fs::FileExt;
        for (path, durable) in &self.0.lock().durable {
            let Ok(file) = File::options().write(true).open(path) else { continue };
            let mut len = file.metadata()?.len();
            let mut at = *durable;
            while at < len {
                let until = (at / 64 * 64 + 64).min(len);
                if coin() {
                    file.write_all_at(&vec![0; usize::try_from(until - at).unwrap_or(0)], at)?;
                } else if coin() && coin() && coin() {
                    file.set_len(at)?;
                    len = at;
                }
                at = until;
            }
        }
        Ok(())
    }

    fn wrap(&self, path: &Path, file: Box<dyn DiskFile>) -> io::Result<Box<dyn DiskFile>> {
        let len = std::fs::metadata(path)?.len();
        self.0.lock().durable.insert(path.to_owned(), len);
        Ok(Box::new(FaultyFile { disk: self.clone(), path: path.to_owned(), file, len }))
    }
}

impl Disk for FaultyDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.wrap(path, FileSystem.create(path)?)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.wrap(path, FileSystem.open(path)?)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.0.lock().durable.remove(path);
        FileSystem.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        if self.0.lock().faults.syncs_fail { Err(broken()) } else { FileSystem.sync_dir(dir) }
    }
}

impl DiskFile for FaultyFile {
    fn write_at(&mut self, bytes: &[u8], position: u64) -> io::Result<()> {
        let growth = usize::try_from((position + bytes.len() as u64).saturating_sub(self.len)).unwrap_or(0);
        let (fits, result) = {
            let faults = &mut self.disk.0.lock().faults;
            match faults.space {
                _ if faults.writes_fail => (bytes.len() / 2, Err(broken())),
                Some(space) if space < growth => {
                    (bytes.len().saturating_sub(growth - space), Err(io::ErrorKind::StorageFull.into()))
                }
                Some(space) => {
                    faults.space = Some(space - growth);
                    (bytes.len(), Ok(()))
                }
                None => (bytes.len(), Ok(())),
            }
        };
        self.file.write_at(bytes.get(..fits).unwrap_or(bytes), position)?;
        self.len = self.len.max(position + fits as u64);
        result
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.disk.0.lock().faults.syncs_fail {
            return Err(broken());
        }
        self.file.sync()?;
        self.disk.0.lock().durable.insert(self.path.clone(), self.len);
        Ok(())
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        if self.disk.0.lock().faults.truncates_fail {
            return Err(broken());
        }
        self.file.truncate(len)?;
        self.len = len;
        Ok(())
    }
}

fn broken() -> io::Error {
    io::Error::other("input/output error (injected)")
}
