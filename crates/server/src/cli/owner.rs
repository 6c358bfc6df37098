use std::sync::Arc;

use identity::NewOwner;
use model::{Clock, SystemClock};

use super::{Failure, Place, password_from_stdin, print};
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::run::{open_identity, open_store};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Make a tenant with its owner, before the first start or beside a running server
    Create {
        #[command(flatten)]
        place: Place,
        /// E-mail address that the owner signs in with
        #[arg(long)]
        email: String,
        /// What the organisation is called
        #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
        tenant: String,
        /// What the owner is called
        #[arg(long, allow_hyphen_values = true)]
        name: Option<String>,
        /// Read the password from standard input, where no list of processes shows it
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

pub fn run(command: Command) -> Result<(), Failure> {
    let Command::Create { place, email, tenant, name, password_stdin: _ } = command;
    let password = password_from_stdin()?;
    let config = Config::load(place.config.as_deref())?;
    let data = DataDir::open(&place.data)?;
    let owner = NewOwner { email, password, name, tenant, language: None };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(create(&config, &data, owner))
}

async fn create(config: &Config, data: &DataDir, owner: NewOwner) -> Result<(), Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = open_store(config, data).await?;
    let identity = open_identity(config, &store, &clock, &config.public_url()).await?;
    let (email, name) = (owner.email.clone(), owner.tenant.clone());
    let (tenant, user) = identity.create_owner(owner).await?;
    store.close().await;
    print(&format!("{email} owns the new tenant {name}.\ntenant  {tenant}\nowner   {user}\n"))
}
