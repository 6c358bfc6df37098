//! Starts everything in order, and ends it in the reverse.

mod connections;
mod domains;
mod listeners;
mod pace;
mod shutdown;
mod tasks;

pub use connections::Places;
pub use domains::{open_identity, open_store};

use std::io::Write as _;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::cli::Failure;
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::readers::Supervisor;
use domains::Domains;
use listeners::Listeners;

/// How long requests that are under way may take to finish when the server stops.
const FINISH_WITHIN: Duration = Duration::from_secs(10);

/// Runs until it is told to stop.
pub async fn serve(config: Config, data: DataDir) -> Result<(), Failure> {
    let started = Instant::now();
    // Taken first: a port that is in use should be said at once.
    let listeners = Listeners::bind(&config).await?;
    let stopping = CancellationToken::new();
    let supervisor = Supervisor::new(CancellationToken::new());
    let domains = Domains::open(&config, &data, &supervisor, &listeners, &stopping, started).await?;
    tasks::start(&supervisor, &domains);
    let mut serving = listeners.serve(&config, &domains, &stopping);
    domains.readiness.set(true);
    announce(&config, &domains, started).await?;

    tokio::select! {
        signal = shutdown::signal() => tracing::info!(signal, "stopping: finishing what is under way"),
        Some(ended) = serving.join_next() => {
            stopping.cancel();
            return Err(format!("a listener ended by itself: {ended:?}").into());
        }
    }
    domains.readiness.set(false);
    domains.broker.shutdown().await;
    stopping.cancel();
    let finish = async { while serving.join_next().await.is_some() {} };
    if tokio::time::timeout(FINISH_WITHIN, finish).await.is_err() {
        tracing::warn!("some requests did not finish in time and were ended");
    }
    supervisor.stop().await;
    domains.close().await;
    tracing::info!("stopped; everything acknowledged is kept");
    Ok(())
}

/// Says on standard output where to go on.
async fn announce(config: &Config, domains: &Domains, started: Instant) -> Result<(), Failure> {
    let endpoints = &domains.endpoints;
    tracing::info!(
        http = endpoints.http.url,
        mqtt = %domains.broker.local_addr(),
        ready_ms = started.elapsed().as_millis(),
        "ready"
    );
    let mut text = format!(
        "SmartSecurity Cloud {} is ready.\n  console  {}\n  devices  mqtt://{}\n",
        endpoints.version,
        endpoints.http.url,
        domains.broker.local_addr()
    );
    if let Some(offer) = domains.identity.offer_setup().await? {
        let url = &endpoints.http.url;
        text.push_str(&format!(
            "\nNobody owns this installation yet. Set it up here (the link works once, until {}):\n  {url}/setup?token={}\n",
            offer.expires_at, offer.token
        ));
    }
    if config.demo.enabled {
        text.push_str("\nThis is a demonstration: its devices are simulated.\n");
    }
    let mut out = std::io::stdout();
    // Whoever started us may not be listening.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    Ok(())
}
