//! The monitor: notices what does not happen.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::Ordering;
use std::time::Duration;

use backplane::journal::JournalStats;
use model::{Body, Connectivity, DeviceId, Record, StatusChange, TenantId, Timestamp, phrase};
use tokio_util::sync::CancellationToken;

use super::Twins;
use super::judge::judge;

/// Devices that fall silent within this time may have the same reason.
const TOGETHER: Duration = Duration::from_secs(120);
/// Fewer are no crowd.
const CROWD: usize = 5;

/// What the monitor remembers from look to look.
pub(super) struct Watch {
    /// Since when we have been able to hear: silence before it may be our own.
    listening: Timestamp,
    looked: Timestamp,
    /// Appends that the journal had refused when we last looked.
    refused: u64,
    silences: HashMap<TenantId, VecDeque<Timestamp>>,
}

impl Watch {
    pub fn new(now: Timestamp) -> Self {
        Self { listening: now, looked: now, refused: 0, silences: HashMap::new() }
    }

    fn silent(&mut self, tenant: TenantId, now: Timestamp) {
        let silences = self.silences.entry(tenant).or_default();
        silences.push_back(now);
        while silences.front().is_some_and(|at| now.since(*at) > TOGETHER) {
            silences.pop_front();
        }
    }

    fn crowd(&self, tenant: TenantId) -> usize {
        self.silences.get(&tenant).map_or(0, VecDeque::len)
    }
}

impl Twins {
    /// Looks at all devices every so often, until cancelled.
    pub async fn watch(&self, cancel: CancellationToken) {
        let mut ticker = tokio::time::interval(self.config.watch_every);
        ticker.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = cancel.cancelled() => return,
                _ = ticker.tick() => self.look().await,
            }
        }
    }

    /// One look at every device.
    pub async fn look(&self) {
        if self.applied.load(Ordering::Acquire) < self.start {
            return;
        }
        if !self.tell_our_lag_apart() {
            return;
        }
        let mut changed = Vec::new();
        let (now, listening) = (self.clock.now(), self.watch.lock().listening);
        self.shards.each(|device, twin| {
            if judge(twin, now, listening, &self.config).is_some() {
                changed.push(device);
            }
        });
        self.announce(changed).await;
    }

    /// When we were stopped, behind, or turned messages away, no device is to blame for what we did not hear. Returns
    /// whether we hear anything now.
    fn tell_our_lag_apart(&self) -> bool {
        let now = self.clock.now();
        let JournalStats { refused, refusing, .. } = self.journal.stats();
        let mut watch = self.watch.lock();
        let stopped = now.since(watch.looked) > self.config.stall;
        let set_back = now < watch.looked;
        let behind = self.lag() > BEHIND;
        if stopped || set_back || behind || refusing || refused != watch.refused {
            watch.listening = now;
        }
        (watch.looked, watch.refused) = (now, refused);
        !refusing
    }

    /// Appends the changes of connectivity of these devices. The twins take them over when they read them.
    pub(super) async fn announce(&self, devices: impl IntoIterator<Item = DeviceId>) {
        let (now, listening) = (self.clock.now(), self.watch.lock().listening);
        let mut changes = Vec::new();
        for device in devices {
            let change = self.shards.change(device, |twin| {
                let (to, reason) = judge(twin, now, listening, &self.config)?;
                let from = twin.announced.unwrap_or(twin.connectivity);
                twin.announced = Some(to);
                Some((twin.tenant, StatusChange { from, to, reason }))
            });
            if let Some((tenant, change)) = change.flatten() {
                changes.push((tenant, device, change));
            }
        }
        if changes.is_empty() {
            return;
        }
        self.point_out_crowds(&mut changes, now);
        let changed: Vec<_> = changes.iter().map(|(_, device, _)| *device).collect();
        let records = changes
            .into_iter()
            .filter_map(|(tenant, device, change)| {
                Record { tenant, device: Some(device), at: now, body: Body::Status(change) }.encode().ok()
            })
            .collect();
        if let Err(error) = self.journal.append(records).await {
            tracing::warn!(%error, devices = changed.len(), "could not record who is online; trying again");
            for device in changed {
                self.shards.change(device, |twin| twin.announced = None);
            }
        }
    }

    /// Many that fall silent together have one reason, and it is not each of them.
    fn point_out_crowds(&self, changes: &mut [(TenantId, DeviceId, StatusChange)], now: Timestamp) {
        let silent = |change: &StatusChange| change.to == Connectivity::Silent;
        if !changes.iter().any(|(_, _, change)| silent(change)) {
            return;
        }
        let mut watch = self.watch.lock();
        for (tenant, _, change) in changes.iter() {
            if silent(change) {
                watch.silent(*tenant, now);
            }
        }
        let mut online: HashMap<TenantId, usize> = HashMap::new();
        self.shards.each(|_, twin| {
            if twin.announced.unwrap_or(twin.connectivity) == Connectivity::Online {
                *online.entry(twin.tenant).or_default() += 1;
            }
        });
        for (tenant, _, change) in changes.iter_mut().filter(|(_, _, change)| silent(change)) {
            let crowd = watch.crowd(*tenant);
            let rest = online.get(tenant).copied().unwrap_or(0);
            if crowd >= CROWD && crowd >= rest {
                change.reason = phrase!(
                    "silent_together",
                    "{reason}; {crowd} of {all} devices fell silent within two minutes, so look at what they share first, such as their network",
                    reason = change.reason.clone(),
                    crowd = crowd,
                    all = crowd + rest,
                );
            }
        }
    }
}

/// As many records behind, we do not know what the devices said last.
const BEHIND: u64 = 10_000;
