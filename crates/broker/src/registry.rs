//! All sessions, by tenant, then device. There is no other way to find one, so nothing crosses a tenant.

use std::collections::HashMap;
use std::sync::Arc;

use model::{DeviceId, TenantId, Timestamp};
use parking_lot::RwLock;

use crate::session::{Session, SessionKey, State, Ticket};

type Devices = HashMap<DeviceId, Vec<Arc<Session>>>;

#[derive(Default)]
pub(crate) struct Registry {
    tenants: RwLock<HashMap<TenantId, Devices>>,
}

/// All places for sessions of this device are taken by connected clients.
#[derive(Debug)]
pub(crate) struct TooManySessions;

/// A place in a session, and the session that had to go for it.
pub(crate) struct Claim {
    pub session: Arc<Session>,
    pub ticket: Ticket,
    pub evicted: Option<Arc<Session>>,
}

impl Registry {
    /// Finds or makes the session and asks for its seat. Where there are too many, the one that has been away for
    /// longest makes room.
    pub(crate) fn claim(&self, key: &SessionKey, limit: usize) -> Result<Claim, TooManySessions> {
        let mut tenants = self.tenants.write();
        let sessions = tenants.entry(key.tenant).or_default().entry(key.device).or_default();
        if let Some(session) = sessions.iter().find(|session| session.key.client_id == key.client_id) {
            session.state().claims += 1;
            return Ok(Claim { session: session.clone(), ticket: session.draw_ticket(), evicted: None });
        }
        let evicted = if sessions.len() >= limit {
            let oldest = longest_away(sessions).ok_or(TooManySessions)?;
            let evicted = sessions.swap_remove(oldest);
            evicted.state().clear();
            Some(evicted)
        } else {
            None
        };
        let session = Arc::new(Session::new(key.clone(), State { claims: 1, ..State::default() }));
        let ticket = session.draw_ticket();
        sessions.push(session.clone());
        Ok(Claim { session, ticket, evicted })
    }

    /// Brings a stored session back, at start.
    pub(crate) fn restore(&self, session: Session) {
        let mut tenants = self.tenants.write();
        let devices = tenants.entry(session.key.tenant).or_default();
        devices.entry(session.key.device).or_default().push(Arc::new(session));
    }

    pub(crate) fn of(&self, tenant: TenantId, device: DeviceId) -> Vec<Arc<Session>> {
        self.tenants.read().get(&tenant).and_then(|devices| devices.get(&device)).cloned().unwrap_or_default()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Session>> {
        self.tenants.read().values().flat_map(HashMap::values).flatten().cloned().collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.tenants.read().values().flat_map(HashMap::values).map(Vec::len).sum()
    }

    /// Gives a claim back. The session goes, unless it lives on or somebody else claims it.
    pub(crate) fn release(&self, session: &Arc<Session>) {
        self.remove_if(session, || {
            let mut state = session.state();
            state.claims = state.claims.saturating_sub(1);
            state.claims == 0 && !state.resumable
        });
    }

    /// Ends a session that nobody came back to in time. Returns whether it did.
    pub(crate) fn expire(&self, session: &Arc<Session>, now: Timestamp) -> bool {
        self.remove_if(session, || session.state().end_if(|state| state.expired(now)))
    }

    /// Ends a session that no connection claims.
    pub(crate) fn forget(&self, session: &Arc<Session>) -> bool {
        self.remove_if(session, || session.state().end_if(|_| true))
    }

    fn remove_if(&self, session: &Arc<Session>, condition: impl FnOnce() -> bool) -> bool {
        let mut tenants = self.tenants.write();
        let Some(devices) = tenants.get_mut(&session.key.tenant) else { return false };
        let Some(sessions) = devices.get_mut(&session.key.device) else { return false };
        if !condition() {
            return false;
        }
        sessions.retain(|other| !Arc::ptr_eq(other, session));
        if sessions.is_empty() {
            devices.remove(&session.key.device);
        }
        if devices.is_empty() {
            tenants.remove(&session.key.tenant);
        }
        true
    }
}

fn longest_away(sessions: &[Arc<Session>]) -> Option<usize> {
    let away = sessions.iter().enumerate().filter_map(|(index, session)| {
        let state = session.state();
        (state.claims == 0).then_some((state.away_since, index))
    });
    away.min().map(|(_, index)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(tenant: TenantId, device: DeviceId, client_id: &str) -> SessionKey {
        SessionKey { tenant, device, client_id: client_id.into() }
    }

    #[test]
    fn the_same_client_id_elsewhere_is_another_session() {
        let registry = Registry::default();
        let (tenant, device) = (TenantId::generate(), DeviceId::generate());
        let first = registry.claim(&key(tenant, device, "a"), 9).unwrap();
        let again = registry.claim(&key(tenant, device, "a"), 9).unwrap();
        assert!(Arc::ptr_eq(&first.session, &again.session));
        assert!(!first.session.is_newest(first.ticket) && again.session.is_newest(again.ticket));
        for other in [key(TenantId::generate(), device, "a"), key(tenant, DeviceId::generate(), "a")] {
            let claim = registry.claim(&other, 9).unwrap();
            assert!(!Arc::ptr_eq(&first.session, &claim.session));
        }
        assert_eq!((registry.len(), registry.of(tenant, device).len()), (3, 1));
    }

    #[test]
    fn a_released_session_stays_for_those_who_wait() {
        let registry = Registry::default();
        let key = key(TenantId::generate(), DeviceId::generate(), "a");
        let first = registry.claim(&key, 9).unwrap();
        let second = registry.claim(&key, 9).unwrap();
        registry.release(&first.session);
        assert_eq!(registry.len(), 1);
        registry.release(&second.session);
        assert_eq!(registry.len(), 0);
    }

    #[test]
    fn who_was_away_longest_makes_room() {
        let registry = Registry::default();
        let (tenant, device) = (TenantId::generate(), DeviceId::generate());
        for (client_id, away_since) in [("a", 2), ("b", 1)] {
            let claim = registry.claim(&key(tenant, device, client_id), 2).unwrap();
            let mut state = claim.session.state();
            state.resumable = true;
            state.claims = 0;
            state.away_since = Timestamp::from_millis(away_since);
        }
        let claim = registry.claim(&key(tenant, device, "c"), 2).unwrap();
        assert_eq!(&*claim.evicted.unwrap().key.client_id, "b");
        // The newcomer has no connection yet, but its claim counts.
        let claim = registry.claim(&key(tenant, device, "d"), 2).unwrap();
        assert_eq!(&*claim.evicted.unwrap().key.client_id, "a");
        assert!(registry.claim(&key(tenant, device, "e"), 2).is_err());
    }
}
