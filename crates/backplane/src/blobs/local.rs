//! Blobs in a directory: written aside, synced, renamed into place, and the directory entries synced, too.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use uuid::Uuid;

use super::{BlobError, Blobs};

/// What is being written has this ending; left behind by a crash, it is swept away on opening.
const UNFINISHED: &str = ".unfinished";

#[derive(Clone, Debug)]
pub struct LocalBlobs {
    root: PathBuf,
}

impl LocalBlobs {
    /// Creates the directory if it is not there, and removes what a crash left half written.
    ///
    /// # Errors
    /// The directory cannot be created or read.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, BlobError> {
        let root = root.into();
        let fail = |error: io::Error| failure(&root.to_string_lossy(), &error);
        create_dirs(&root).map_err(fail)?;
        let mut found = Vec::new();
        walk(&root, &mut found).map_err(fail)?;
        for file in found.iter().filter(|file| is_unfinished(file)) {
            fs::remove_file(file).map_err(fail)?;
        }
        Ok(Self { root })
    }

    /// Where a blob is on disk, for readers that seek in it.
    ///
    /// # Errors
    /// The name is not one.
    pub fn locate(&self, path: &str) -> Result<PathBuf, BlobError> {
        let relative = Path::new(path);
        let plain = relative.components().all(|part| matches!(part, Component::Normal(_)));
        if path.is_empty() || !plain || path.ends_with(UNFINISHED) {
            return Err(BlobError::BadName { path: path.to_owned() });
        }
        Ok(self.root.join(relative))
    }

    /// The directory that holds them.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    async fn blocking<T: Send + 'static>(
        &self,
        path: &str,
        work: impl FnOnce(PathBuf) -> io::Result<T> + Send + 'static,
    ) -> Result<T, BlobError> {
        let target = self.locate(path)?;
        let done = tokio::task::spawn_blocking(move || work(target)).await;
        let done = done.unwrap_or_else(|gone| Err(io::Error::other(gone)));
        done.map_err(|error| failure(path, &error))
    }
}

impl Blobs for LocalBlobs {
    fn put<'a>(&'a self, path: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), BlobError>> {
        self.blocking(path, move |target| write(&target, &bytes)).boxed()
    }

    fn get<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Bytes, BlobError>> {
        self.blocking(path, |target| fs::read(target).map(Bytes::from)).boxed()
    }

    fn delete<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<(), BlobError>> {
        self.blocking(path, |target| match fs::remove_file(target) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
        .boxed()
    }

    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>, BlobError>> {
        let root = self.root.clone();
        self.blocking(prefix, move |folder| {
            let mut found = Vec::new();
            if folder.is_dir() {
                walk(&folder, &mut found)?;
            }
            let named = found.iter().filter(|file| !is_unfinished(file));
            Ok(named.filter_map(|file| Some(file.strip_prefix(&root).ok()?.to_str()?.to_owned())).collect())
        })
        .boxed()
    }
}

fn write(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = target.parent().ok_or_else(|| io::Error::other("it has no folder"))?;
    create_dirs(folder)?;
    let aside = folder.join(format!("{}{UNFINISHED}", Uuid::now_v7()));
    let written = (|| {
        let mut file = File::create_new(&aside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&aside, target)?;
        File::open(folder)?.sync_all()
    })();
    if written.is_err() {
        // The first error is the one to report; what stays behind is swept on the next opening.
        let _ = fs::remove_file(&aside);
    }
    written
}

/// Creates the folder and those above it, and makes each new entry durable.
fn create_dirs(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty()) {
        create_dirs(above)?;
        match fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => File::open(above)?.sync_all(),
        }
    } else {
        fs::create_dir_all(folder)
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), found)?;
        } else {
            found.push(entry.path());
        }
    }
    Ok(())
}

fn is_unfinished(file: &Path) -> bool {
    file.to_string_lossy().ends_with(UNFINISHED)
}

fn failure(path: &str, error: &io::Error) -> BlobError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound => BlobError::NotFound { path },
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => BlobError::Full { path },
        _ => BlobError::Io { path, detail: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch() -> PathBuf {
        std::env::temp_dir().join(format!("blobs-{}", Uuid::now_v7()))
    }

    #[tokio::test]
    async fn a_blob_is_found_again_listed_and_deleted() {
        let root = scratch();
        let blobs = LocalBlobs::open(&root).unwrap();
        blobs.put("lake/a/b.parquet", Bytes::from_static(b"one")).await.unwrap();
        blobs.put("lake/a/b.parquet", Bytes::from_static(b"two")).await.unwrap();
        assert_eq!(blobs.get("lake/a/b.parquet").await.unwrap(), Bytes::from_static(b"two"));
        assert_eq!(blobs.list("lake").await.unwrap(), ["lake/a/b.parquet"]);
        blobs.delete("lake/a/b.parquet").await.unwrap();
        blobs.delete("lake/a/b.parquet").await.unwrap();
        assert!(matches!(blobs.get("lake/a/b.parquet").await, Err(BlobError::NotFound { .. })));
        assert!(blobs.list("nothing/here").await.unwrap().is_empty());
        fs::remove_dir_all(root).unwrap();
    }

    #[tokio::test]
    async fn names_cannot_leave_the_directory() {
        let root = scratch();
        let blobs = LocalBlobs::open(&root).unwrap();
        for path in ["", "../x", "a/../../x", "/etc/passwd", "a/x.unfinished"] {
            let refused = blobs.put(path, Bytes::new()).await;
            assert!(matches!(refused, Err(BlobError::BadName { .. })), "{path}");
        }
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn what_a_crash_left_half_written_is_swept() {
        let root = scratch();
        fs::create_dir_all(root.join("lake")).unwrap();
        fs::write(root.join("lake/1.unfinished"), b"half").unwrap();
        LocalBlobs::open(&root).unwrap();
        assert!(!root.join("lake/1.unfinished").exists());
        fs::remove_dir_all(root).unwrap();
    }
}
