//! What changed and what the detector runs: whoever saves a rule gets their answer when the detector runs it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use model::TenantId;
use parking_lot::Mutex;
use tokio::sync::watch;

/// An answer does not wait longer than this: the rule is saved, and the detector takes it up when it can.
const PATIENCE: Duration = Duration::from_secs(3);

/// Between those who change rules and the detector of this process.
#[derive(Clone)]
pub struct Running {
    changed: Arc<watch::Sender<u64>>,
    pending: Arc<Mutex<Pending>>,
    taken: Arc<watch::Sender<Option<Taken>>>,
}

/// What changed here and was not read yet.
#[derive(Default)]
pub struct Pending {
    /// How many changes there were since the process began.
    pub count: u64,
    pub tenants: HashSet<TenantId>,
}

/// What the detector runs.
#[derive(Clone, Default)]
pub struct Taken {
    /// So many changes, as [`Pending`] counts them.
    pub count: u64,
    /// Tenants whose newest rules are still being compiled.
    pub behind: HashSet<TenantId>,
}

impl Running {
    pub fn new() -> Self {
        Self {
            changed: Arc::new(watch::Sender::new(0)),
            pending: Arc::default(),
            taken: Arc::new(watch::Sender::new(None)),
        }
    }

    /// Turns with every change.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// A tenant's rules changed; returns when the detector, if there is one, runs them. Whatever it looks at after that is
    /// judged by them.
    pub async fn changed(&self, tenant: TenantId) {
        let count = {
            let mut pending = self.pending.lock();
            pending.count += 1;
            pending.tenants.insert(tenant);
            self.changed.send_replace(pending.count);
            pending.count
        };
        let runs = |taken: &Option<Taken>| {
            taken.as_ref().is_none_or(|taken| taken.count >= count && !taken.behind.contains(&tenant))
        };
        let mut taken = self.taken.subscribe();
        if tokio::time::timeout(PATIENCE, taken.wait_for(runs)).await.is_err() {
            tracing::warn!(tenant.id = %tenant, "a rule was saved; the detector takes it up later");
        }
    }

    /// Hands over what changed.
    pub fn take(&self) -> Pending {
        let mut pending = self.pending.lock();
        Pending { count: pending.count, tenants: std::mem::take(&mut pending.tenants) }
    }

    /// Told by the detector.
    pub fn runs(&self, taken: Taken) {
        self.taken.send_replace(Some(taken));
    }

    /// From now on there is a detector, until the answer is dropped.
    pub fn attend(&self) -> Attendance {
        self.taken.send_replace(Some(Taken::default()));
        Attendance(self.clone())
    }
}

pub struct Attendance(Running);

impl Drop for Attendance {
    fn drop(&mut self) {
        self.0.taken.send_replace(None);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures::poll;

    use super::*;

    #[tokio::test]
    async fn a_change_is_answered_when_the_detector_runs_it() {
        let (running, ours, theirs) = (Running::new(), TenantId::generate(), TenantId::generate());
        assert!(poll!(pin!(running.changed(ours))).is_ready(), "nobody to wait for");
        let attendance = running.attend();
        running.runs(Taken { count: running.take().count, behind: HashSet::new() });
        let mut saving = pin!(running.changed(ours));
        assert!(poll!(&mut saving).is_pending());
        let pending = running.take();
        assert_eq!((pending.count, pending.tenants), (2, HashSet::from([ours])));
        running.runs(Taken { count: 2, behind: HashSet::from([ours, theirs]) });
        assert!(poll!(&mut saving).is_pending());
        running.runs(Taken { count: 2, behind: HashSet::from([theirs]) });
        assert!(poll!(&mut saving).is_ready(), "another tenant's rules are none of ours");
        let mut saving = pin!(running.changed(ours));
        assert!(poll!(&mut saving).is_pending());
        drop(attendance);
        assert!(poll!(&mut saving).is_ready());
    }
}
