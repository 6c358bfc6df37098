//! The work that goes on by itself.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use backplane::journal::Journal;
use respond::{FindingReader, OutboxDrain, Watch};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::domains::Domains;
use crate::readers::Supervisor;

/// Starts it all.
pub fn start(supervisor: &Supervisor, domains: &Domains) {
    let lake = domains.lake.clone();
    supervisor.keep("lake", move |stop| endless(lake.clone().run(stop)));
    let devices = domains.devices.clone();
    supervisor.keep("twin", move |stop| {
        let devices = devices.clone();
        async move { endless(devices.run(stop)).await }
    });
    let ingest = domains.ingest.clone();
    supervisor.keep("ingest", move |stop| {
        let ingest = ingest.clone();
        async move { endless(ingest.run(stop)).await }
    });
    let (rules, blobs, clock) = (domains.rules.clone(), domains.blobs.clone(), domains.clock.clone());
    let (journal, start): (Arc<dyn Journal>, _) = (domains.journal.clone(), domains.journal_start);
    supervisor.keep("detect", move |stop| {
        let watch = Watch::new(rules.clone(), journal.clone(), blobs.clone(), clock.clone(), start);
        endless(watch.run(stop))
    });
    let (incidents, journal) = (domains.incidents.clone(), domains.journal.clone());
    supervisor.keep("respond", move |stop| {
        endless(FindingReader::new(incidents.clone(), journal.clone()).run(stop))
    });
    let (incidents, journal) = (domains.incidents.clone(), domains.journal.clone());
    supervisor.keep("outbox", move |stop| endless(OutboxDrain::new(&incidents, journal.clone()).run(stop)));
    let notifier = domains.notifier.clone();
    supervisor.keep("notices", move |stop| {
        let notifier = notifier.clone();
        async move { endless(notifier.run(stop)).await }
    });
    let identity = domains.identity.clone();
    supervisor.keep("identity", move |stop| {
        let identity = identity.clone();
        every(Duration::from_secs(60), stop, move || {
            let identity = identity.clone();
            async move { identity.maintain().await }
        })
    });
    let (journal, ingest) = (domains.journal.clone(), domains.ingest.clone());
    let (traffic, watcher) = (domains.traffic.clone(), domains.watcher.clone());
    supervisor.keep("disk", move |stop| {
        let (journal, ingest) = (journal.clone(), ingest.clone());
        let (traffic, watcher) = (traffic.clone(), watcher.clone());
        every(Duration::from_secs(1), stop, move || {
            journal.look();
            traffic.tick(ingest.stats().messages());
            if journal.refusing().is_none() {
                watcher.catch_up();
            }
            std::future::ready(Ok::<(), Infallible>(()))
        })
    });
}

async fn endless(work: impl Future<Output = ()>) -> Result<(), Infallible> {
    work.await;
    Ok(())
}

/// Does something regularly until told to stop, or until it fails.
async fn every<F, E>(pause: Duration, stop: CancellationToken, work: impl Fn() -> F) -> Result<(), E>
where
    F: Future<Output = Result<(), E>>,
{
    let mut ticks = interval(pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => work().await?,
            () = stop.cancelled() => return Ok(()),
        }
    }
}
