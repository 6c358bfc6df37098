//! Whose query runs next: each tenant has a share, and one that has nothing running comes before one that has.
//!
//! A tenant's query counts against its share until it has really ended, even when it did not let itself be stopped.
//! It counts against the whole only until it was answered, so that what does not end is its own tenant's loss.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use model::TenantId;
use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::error::QueryError;

/// How many queries run at a time; each has a memory limit of its own.
const AT_ONCE: usize = 6;
/// How many of them one tenant may have.
pub(crate) const SHARE: usize = AT_ONCE / 2;
/// Kept free for tenants that have nothing running.
const RESERVED: usize = 2;
/// How many of a tenant's queries may wait: a dashboard full of charts.
const WAITING: usize = 24;

#[derive(Default)]
pub(super) struct Turns {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    running: usize,
    by_tenant: HashMap<TenantId, usize>,
    /// Oldest first.
    waiting: VecDeque<Waiting>,
}

struct Waiting {
    tenant: TenantId,
    called: oneshot::Sender<Turn>,
}

/// A place among the queries that run, until dropped.
pub(super) struct Turn {
    turns: Arc<Turns>,
    pub share: Arc<Share>,
}

/// A part of a tenant's share, until the last copy is dropped.
pub(super) struct Share {
    turns: Arc<Turns>,
    tenant: TenantId,
}

impl Turns {
    /// Waits for the tenant's turn.
    ///
    /// # Errors
    /// Too many of the tenant's queries wait already.
    pub async fn take(self: &Arc<Self>, tenant: TenantId) -> Result<Turn, QueryError> {
        let called = {
            let mut state = self.state.lock();
            state.waiting.retain(|waiting| !waiting.called.is_closed());
            if state.may_run(tenant) && !state.waiting.iter().any(|waiting| waiting.tenant == tenant) {
                return Ok(state.start(self, tenant));
            }
            let waiting = state.waiting.iter().filter(|waiting| waiting.tenant == tenant).count();
            if waiting >= WAITING {
                return Err(QueryError::Busy { waiting });
            }
            let (called, turn) = oneshot::channel();
            state.waiting.push_back(Waiting { tenant, called });
            turn
        };
        called.await.map_err(|_| QueryError::Busy { waiting: 0 })
    }

    /// How many of the tenant's queries wait.
    pub fn waiting(&self, tenant: TenantId) -> usize {
        self.state.lock().waiting.iter().filter(|waiting| waiting.tenant == tenant).count()
    }

    /// Calls whoever may run now.
    fn call(self: &Arc<Self>) {
        loop {
            // Sent outside the lock: a turn that nobody takes any more comes straight back here.
            let (called, turn) = {
                let mut state = self.state.lock();
                let Some(next) = state.next() else { return };
                let turn = state.start(self, next.tenant);
                (next.called, turn)
            };
            let _ = called.send(turn);
        }
    }
}

impl State {
    fn of(&self, tenant: TenantId) -> usize {
        self.by_tenant.get(&tenant).copied().unwrap_or(0)
    }

    fn may_run(&self, tenant: TenantId) -> bool {
        match self.of(tenant) {
            0 => self.running < AT_ONCE,
            own => own < SHARE && self.running < AT_ONCE - RESERVED,
        }
    }

    fn start(&mut self, turns: &Arc<Turns>, tenant: TenantId) -> Turn {
        self.running += 1;
        *self.by_tenant.entry(tenant).or_default() += 1;
        Turn { turns: Arc::clone(turns), share: Arc::new(Share { turns: Arc::clone(turns), tenant }) }
    }

    /// The oldest of those whose tenant has the least running.
    fn next(&mut self) -> Option<Waiting> {
        self.waiting.retain(|waiting| !waiting.called.is_closed());
        let able = self.waiting.iter().enumerate().filter(|(_, waiting)| self.may_run(waiting.tenant));
        let (at, _) = able.min_by_key(|(at, waiting)| (self.of(waiting.tenant), *at))?;
        self.waiting.remove(at)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        {
            let mut state = self.turns.state.lock();
            state.running = state.running.saturating_sub(1);
        }
        self.turns.call();
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        {
            let mut state = self.turns.state.lock();
            if let Some(own) = state.by_tenant.get_mut(&self.tenant) {
                *own = own.saturating_sub(1);
                if *own == 0 {
                    state.by_tenant.remove(&self.tenant);
                }
            }
        }
        self.turns.call();
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn now(turns: &Arc<Turns>, tenant: TenantId) -> Option<Turn> {
        turns.take(tenant).now_or_never().and_then(Result::ok)
    }

    #[test]
    fn a_tenant_gets_its_share_and_no_more() {
        let (turns, busy, other) = (Arc::default(), TenantId::generate(), TenantId::generate());
        let held: Vec<Turn> = std::iter::from_fn(|| now(&turns, busy)).collect();
        assert_eq!(held.len(), SHARE);
        assert!(now(&turns, other).is_some());
        drop(held);
        assert!(now(&turns, busy).is_some());
    }

    #[test]
    fn whoever_has_nothing_running_comes_first() {
        let turns: Arc<Turns> = Arc::default();
        let [a, b, c, late] = [(); 4].map(|()| TenantId::generate());
        let mut held: Vec<Turn> = [a, a, a, b, c].iter().filter_map(|tenant| now(&turns, *tenant)).collect();
        assert_eq!(held.len(), 5);
        assert!(now(&turns, b).is_none(), "the last place is for somebody with nothing running");
        held.extend(now(&turns, TenantId::generate()));
        assert_eq!(held.len(), AT_ONCE);
        let mut again = Box::pin(turns.take(c));
        assert!(again.as_mut().now_or_never().is_none());
        let mut first = Box::pin(turns.take(late));
        assert!(first.as_mut().now_or_never().is_none());
        held.pop();
        assert!(first.now_or_never().is_some());
        assert!(again.now_or_never().is_none());
    }

    #[test]
    fn what_does_not_end_is_its_own_tenants_loss() {
        let (turns, stuck, other) = (Arc::default(), TenantId::generate(), TenantId::generate());
        let shares: Vec<Arc<Share>> =
            std::iter::from_fn(|| now(&turns, stuck)).map(|turn| Arc::clone(&turn.share)).collect();
        assert_eq!(shares.len(), SHARE);
        assert!(now(&turns, stuck).is_none());
        let held: Vec<Turn> = std::iter::from_fn(|| now(&turns, other)).collect();
        assert_eq!(held.len(), SHARE);
        drop(shares);
        assert!(now(&turns, stuck).is_some());
    }

    #[test]
    fn a_queue_has_an_end_and_forgets_who_left() {
        let (turns, tenant) = (Arc::default(), TenantId::generate());
        let held: Vec<Turn> = std::iter::from_fn(|| now(&turns, tenant)).collect();
        let mut queue: Vec<_> = (0..WAITING).map(|_| Box::pin(turns.take(tenant))).collect();
        for waiting in &mut queue {
            assert!(waiting.as_mut().now_or_never().is_none());
        }
        let beyond = turns.take(tenant).now_or_never();
        assert!(matches!(beyond, Some(Err(QueryError::Busy { waiting: WAITING }))));
        let last = queue.pop();
        queue.clear();
        drop(held);
        assert!(last.unwrap().now_or_never().is_some_and(|turn| turn.is_ok()));
        assert_eq!(turns.waiting(tenant), 0);
    }
}
