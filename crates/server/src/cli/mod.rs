//! The command line. Results go to standard output, everything else to standard error.

mod config;
mod openapi;
mod owner;
mod person;
mod serve;

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a command can end with: a sentence for the person who typed it.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// SmartSecurity Cloud: watches over connected devices.
///
/// Start with `smartsecurity serve --data DIR`; an empty directory is enough, and it prints where to go on.
#[derive(Parser)]
#[command(name = "smartsecurity", version, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve(serve::Args),
    /// Make tenants with their owners
    #[command(subcommand)]
    Owner(owner::Command),
    /// Give people new passwords
    #[command(subcommand)]
    Person(person::Command),
    /// Send a CSV file of measurements through MQTT as one device
    Replay(crate::replay::Args),
    /// Print the OpenAPI document of the HTTP API
    Openapi,
    /// Check the configuration, or print its reference
    #[command(subcommand)]
    Config(config::Command),
}

/// Where an installation lives and how it is set up.
#[derive(clap::Args)]
struct Place {
    /// Directory of everything that is kept; made when missing
    #[arg(long, env = "SMARTSECURITY_DATA", value_name = "DIR")]
    data: PathBuf,
    /// Configuration file (TOML); without one the defaults hold
    #[arg(long, env = "SMARTSECURITY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

pub fn main() -> ExitCode {
    let result = match CommandLine::parse().command {
        Command::Serve(args) => serve::run(args),
        Command::Owner(command) => owner::run(command),
        Command::Person(command) => person::run(command),
        Command::Replay(args) => crate::replay::run(args),
        Command::Openapi => openapi::run(),
        Command::Config(command) => config::run(command),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "smartsecurity: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// The first line of standard input, where no list of processes shows it.
fn password_from_stdin() -> Result<String, Failure> {
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password)?;
    Ok(password.trim_end_matches(['\r', '\n']).to_owned())
}

/// Writes to standard output, where a reader that has gone away is no failure of ours.
fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
