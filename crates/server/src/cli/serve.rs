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
