//! How much room the data directory's file system has.

use std::path::Path;

#[derive(Clone, Copy, Debug, Default)]
pub struct DiskSpace {
    pub free_bytes: u64,
    pub total_bytes: u64,
}

/// What an unprivileged process may still write, and how large the file system is.
pub fn space(path: &Path) -> std::io::Result<DiskSpace> {
    let stat = rustix::fs::statvfs(path)?;
    Ok(DiskSpace {
        free_bytes: stat.f_bavail.saturating_mul(stat.f_frsize),
        total_bytes: stat.f_blocks.saturating_mul(stat.f_frsize),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_root_has_some_size() {
        assert!(super::space(std::path::Path::new("/")).unwrap().total_bytes > 0);
    }
}
