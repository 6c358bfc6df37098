use std::path::Path;

use rustix::process::{Resource, getrlimit, setrlimit};

use super::{Failure, Place};
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::disk::{self, DiskSpace};
use crate::{ops, run as running};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
}

pub fn run(args: Args) -> Result<(), Failure> {
    let config = Config::load(args.place.config.as_deref())?;
    ops::log::start(&config.log)?;
    raise_descriptor_limit(config.mqtt.max_connections);
    let data = DataDir::open(&args.place.data)?;
    let lock = data.lock()?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("smartsecurity").build()?;
    let root = data.root().to_owned();
    let result = runtime.block_on(running::serve(config, data));
    let result =
        result.map_err(|failure| name_full_disk(failure, &root, disk::space(&root).unwrap_or_default()));
    // Whatever still runs on blocking threads was only reading.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    drop(lock);
    result
}

/// So little room that it is why something failed, whatever that thing called it: SQLite has "disk I/O error" for it.
const NO_ROOM: u64 = 1 << 20;

/// Tells whoever starts us what to do about a disk without room.
fn name_full_disk(failure: Failure, root: &Path, space: DiskSpace) -> Failure {
    if space.total_bytes == 0 || space.free_bytes >= NO_ROOM {
        return failure;
    }
    let (root, free) = (root.display(), space.free_bytes >> 10);
    format!("{failure}. The disk of {root} is full ({free} KiB are free): free some space, then start again.")
        .into()
}

/// Every connection and file takes a descriptor, and the usual soft limit of 1,024 is soon used up; the hard limit is ours
/// to take.
fn raise_descriptor_limit(connections: usize) {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
    if let Some(most) = getrlimit(Resource::Nofile).current
        && most < connections as u64
    {
        tracing::info!(
            most,
            connections,
            "fewer files may be open than mqtt.max_connections; raise `ulimit -n` for more"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_on_a_full_disk_says_what_to_do() {
        let said = |free_bytes| {
            let space = DiskSpace { free_bytes, total_bytes: 1 << 30 };
            name_full_disk("disk I/O error".into(), Path::new("/data"), space).to_string()
        };
        assert_eq!(said(1 << 20), "disk I/O error");
        assert!(said(4096).contains("The disk of /data is full (4 KiB are free): free some space"));
    }
}
