//! How many streams each tenant has open.

use std::collections::HashMap;
use std::sync::Arc;

use model::TenantId;
use parking_lot::Mutex;

#[derive(Clone, Default)]
pub struct OpenStreams {
    counts: Arc<Mutex<HashMap<TenantId, usize>>>,
}

/// One open stream; dropping it gives its place back.
pub struct Place {
    streams: OpenStreams,
    tenant: TenantId,
}

impl OpenStreams {
    /// A place, unless the tenant has used up its own.
    #[must_use]
    pub fn enter(&self, tenant: TenantId, limit: usize) -> Option<Place> {
        let mut counts = self.counts.lock();
        let count = counts.entry(tenant).or_default();
        (*count < limit).then(|| {
            *count += 1;
            Place { streams: self.clone(), tenant }
        })
    }

    #[must_use]
    pub fn total(&self) -> usize {
        self.counts.lock().values().sum()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.streams.counts.lock();
        if let Some(count) = counts.get_mut(&self.tenant) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_has_its_own_places() {
        let streams = OpenStreams::default();
        let (one, other) = (TenantId::generate(), TenantId::generate());
        let place = streams.enter(one, 1);
        assert!(place.is_some() && streams.enter(one, 1).is_none() && streams.enter(other, 1).is_some());
        drop(place);
        assert!(streams.enter(one, 1).is_some());
        assert_eq!(streams.total(), 0);
    }
}
