//! The process's log, on standard error.

use tracing_subscriber::EnvFilter;

use crate::config::{ConfigError, Log};

/// Starts logging as configured.
pub fn start(config: &Log) -> Result<(), ConfigError> {
    // The query engine and the HTTP library talk a lot at `info`.
    let quiet = format!("{},datafusion=warn,sqlx=warn,hyper=warn,rustls=warn", config.level);
    let filter =
        EnvFilter::try_new(quiet).map_err(|error| ConfigError::wrong("log.level", error.to_string()))?;
    let base = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process (tests) keeps the first.
    let _ = match config.format.as_str() {
        "json" => base.json().flatten_event(true).try_init(),
        _ => base.with_ansi(false).try_init(),
    };
    Ok(())
}
