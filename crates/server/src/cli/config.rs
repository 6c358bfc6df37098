use std::path::PathBuf;

use super::{Failure, print};
use crate::config::{Config, reference};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Say whether a configuration is right, and what it amounts to
    Check {
        /// Configuration file (TOML); without one only the environment is checked
        #[arg(long, env = "SMARTSECURITY_CONFIG", value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Print every key with its explanation and default
    Reference,
}

pub fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Check { config } => {
            let config = Config::load(config.as_deref())?;
            let text = toml::to_string(&config)?;
            print(&format!(
                "# The configuration is right. With defaults and environment it amounts to:\n{text}"
            ))
        }
        Command::Reference => print(&reference()),
    }
}
