use std::sync::Arc;

use model::{Clock, SystemClock};

use super::{Failure, Place, password_from_stdin, print};
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::run::{open_identity, open_store};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Give a person who forgot theirs a new password, beside a running server or not; it ends all their sessions
    SetPassword {
        #[command(flatten)]
        place: Place,
        /// E-mail address that the person signs in with
        #[arg(long)]
        email: String,
        /// Read the new password from standard input, where no list of processes shows it
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

pub fn run(command: Command) -> Result<(), Failure> {
    let Command::SetPassword { place, email, password_stdin: _ } = command;
    let password = password_from_stdin()?;
    let config = Config::load(place.config.as_deref())?;
    let data = DataDir::open(&place.data)?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(set_password(&config, &data, &email, &password))
}

async fn set_password(config: &Config, data: &DataDir, email: &str, password: &str) -> Result<(), Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = open_store(config, data).await?;
    let identity = open_identity(config, &store, &clock, &config.public_url()).await?;
    let set = identity.set_password(email, password).await;
    store.close().await;
    set?;
    print(&format!("{email} signs in with the new password from now on; all their sessions have ended.\n"))
}
