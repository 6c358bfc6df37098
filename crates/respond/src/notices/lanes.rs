//! Whose turn it may be: one turn at a time for each channel, and a few for each tenant.
//!
//! A channel whose last turn failed or was slow is in doubt. Those in doubt get half of the places, of their tenant as of
//! all: however many are dead, there is a place for one that works, and a dead one holds up itself only.

use std::collections::{HashMap, HashSet};

use model::{ChannelId, TenantId};

/// Of one tenant, and of all.
const MOST_OF_TENANT: usize = 8;
const MOST: usize = 256;
/// Of the places, those that channels in doubt may take: one in so many.
const DOUBTFUL_SHARE: usize = 2;
/// With more in doubt than this, all are trusted again and show what they are: deleted ones never would.
const MOST_IN_DOUBT: usize = 10_000;

#[derive(Debug, Default)]
pub struct Lanes {
    taken: HashMap<ChannelId, Lane>,
    in_doubt: HashSet<ChannelId>,
}

#[derive(Clone, Copy, Debug)]
struct Lane {
    tenant: TenantId,
    in_doubt: bool,
}

impl Lanes {
    /// Takes a place for a channel's turn; false when it has to wait.
    pub fn enter(&mut self, tenant: TenantId, channel: ChannelId) -> bool {
        if self.taken.contains_key(&channel) {
            return false;
        }
        let in_doubt = self.in_doubt.contains(&channel);
        let share = if in_doubt { DOUBTFUL_SHARE } else { 1 };
        let rivals = || self.taken.values().filter(|lane| lane.in_doubt || !in_doubt);
        if rivals().count() >= MOST / share
            || rivals().filter(|lane| lane.tenant == tenant).count() >= MOST_OF_TENANT / share
        {
            return false;
        }
        self.taken.insert(channel, Lane { tenant, in_doubt });
        true
    }

    /// The turn is over; `well` when it neither failed nor was slow.
    pub fn leave(&mut self, channel: ChannelId, well: bool) {
        self.taken.remove(&channel);
        if well {
            self.in_doubt.remove(&channel);
        } else {
            if self.in_doubt.len() >= MOST_IN_DOUBT {
                self.in_doubt.clear();
            }
            self.in_doubt.insert(channel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lanes in which channels that were seen to fail take all they can get, each of the next tenant in turn.
    fn crowded(tenants: &[TenantId], channels: usize) -> Lanes {
        let mut lanes = Lanes::default();
        let dead: Vec<ChannelId> = (0..channels).map(|_| ChannelId::generate()).collect();
        for channel in &dead {
            lanes.leave(*channel, false);
        }
        for (channel, tenant) in dead.iter().zip(tenants.iter().cycle()) {
            lanes.enter(*tenant, *channel);
        }
        lanes
    }

    #[test]
    fn a_channel_has_one_turn_at_a_time() {
        let (tenant, channel) = (TenantId::generate(), ChannelId::generate());
        let mut lanes = Lanes::default();
        assert!(lanes.enter(tenant, channel));
        assert!(!lanes.enter(tenant, channel));
        lanes.leave(channel, true);
        assert!(lanes.enter(tenant, channel));
    }

    #[test]
    fn dead_channels_leave_places_for_healthy_ones_of_their_tenant() {
        let tenant = TenantId::generate();
        let mut lanes = crowded(&[tenant], 50);
        for _ in 0..MOST_OF_TENANT / DOUBTFUL_SHARE {
            assert!(lanes.enter(tenant, ChannelId::generate()));
        }
        assert!(!lanes.enter(tenant, ChannelId::generate()), "a tenant has a few places, not all");
        assert!(lanes.enter(TenantId::generate(), ChannelId::generate()));
    }

    #[test]
    fn dead_channels_of_many_tenants_leave_places_for_the_others() {
        let tenants: Vec<TenantId> = (0..500).map(|_| TenantId::generate()).collect();
        let mut lanes = crowded(&tenants, 5_000);
        for tenant in tenants.iter().take(MOST / DOUBTFUL_SHARE) {
            assert!(lanes.enter(*tenant, ChannelId::generate()));
        }
        assert!(!lanes.enter(TenantId::generate(), ChannelId::generate()));
    }

    #[test]
    fn one_that_works_again_is_trusted_again() {
        let (tenant, channel) = (TenantId::generate(), ChannelId::generate());
        let mut lanes = crowded(&[tenant], 50);
        lanes.leave(channel, false);
        assert!(!lanes.enter(tenant, channel));
        lanes.leave(channel, true);
        assert!(lanes.enter(tenant, channel));
    }
}
