use rustix::process::{Resource, getrlimit, setrlimit};

use super::{Failure, Place};
use crate::config::Config;
use crate::data_dir::DataDir;
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
    let result = runtime.block_on(running::serve(config, data));
    // Whatever still runs on blocking threads was only reading.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    drop(lock);
    result
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
