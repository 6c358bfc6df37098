//! Ends sessions that nobody came back to in time.

use std::sync::Arc;

use crate::hub::Hub;

pub(crate) async fn run(hub: Arc<Hub>) {
    let mut ticks = tokio::time::interval(hub.config.sweep_interval);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = hub.stop.cancelled() => return,
        }
        let now = hub.clock.now();
        for session in hub.registry.all() {
            // Asked twice, so that the registry is locked only for the few that end.
            if session.state().expired(now) && hub.registry.expire(&session, now) {
                hub.saver.save(&session);
            }
        }
    }
}
