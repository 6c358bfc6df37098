//! Limits of one process: GCRA, one time stamp per key.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use model::{Clock, Timestamp};
use parking_lot::Mutex;

use super::{Decision, Limits, Quota};

const SHARDS: usize = 16;

/// GCRA: a key's only state is its *theoretical arrival time*, the moment at which its allowance is full again. A key
/// whose moment has passed is like one never seen, so it may be forgotten.
pub struct LocalLimits {
    clock: Arc<dyn Clock>,
    hasher: RandomState,
    shards: Vec<Mutex<HashMap<Box<str>, Timestamp>>>,
    keys_per_shard: usize,
}

impl LocalLimits {
    /// Remembers at most about `max_keys` keys (some 100 bytes each). When more are busy at once, those nearest to
    /// their full allowance are forgotten first: they lose the least.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, max_keys: usize) -> Self {
        Self {
            clock,
            hasher: RandomState::new(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            keys_per_shard: (max_keys / SHARDS).max(8),
        }
    }

    fn shard(&self, key: &str) -> Option<&Mutex<HashMap<Box<str>, Timestamp>>> {
        let hash = usize::try_from(self.hasher.hash_one(key) % SHARDS as u64).unwrap_or(0);
        self.shards.get(hash)
    }

    fn decide(&self, key: &str, quota: Quota) -> Decision {
        let now = self.clock.now();
        let Some(shard) = self.shard(key) else { return refusal(quota.per, quota.per) };
        let mut full_again = shard.lock();
        let known = full_again.get(key).copied().filter(|moment| *moment > now);
        let (decision, next) = gcra(now, known.unwrap_or(now), quota);
        if decision.allowed {
            if known.is_none() && full_again.len() >= self.keys_per_shard {
                make_room(&mut full_again, now, self.keys_per_shard);
            }
            full_again.insert(key.into(), next);
        }
        decision
    }
}

#[async_trait]
impl Limits for LocalLimits {
    async fn hit(&self, key: &str, quota: Quota) -> Decision {
        self.decide(key, quota)
    }

    async fn clear(&self, key: &str) {
        if let Some(shard) = self.shard(key) {
            shard.lock().remove(key);
        }
    }
}

/// One hit at `now` on a key whose allowance is full again at `full_again`.
fn gcra(now: Timestamp, full_again: Timestamp, quota: Quota) -> (Decision, Timestamp) {
    let Some(each) = quota.per.checked_div(quota.burst).filter(|each| !each.is_zero()) else {
        return match quota.burst {
            0 => (refusal(quota.per, quota.per), full_again),
            _ => (allowance(quota.burst, Duration::ZERO), now),
        };
    };
    let tolerance = each.saturating_mul(quota.burst);
    let owed = full_again.since(now).saturating_add(each);
    if owed > tolerance {
        return (refusal(owed.saturating_sub(tolerance), full_again.since(now)), full_again);
    }
    let left = tolerance.saturating_sub(owed).as_nanos() / each.as_nanos().max(1);
    (allowance(u32::try_from(left).unwrap_or(u32::MAX), owed), now.plus(owed))
}

fn allowance(remaining: u32, reset: Duration) -> Decision {
    Decision { allowed: true, remaining, retry_after: Duration::ZERO, reset }
}

fn refusal(retry_after: Duration, reset: Duration) -> Decision {
    Decision { allowed: false, remaining: 0, retry_after, reset }
}

/// Forgets what is full again; failing that, the half that is nearest to it.
fn make_room(full_again: &mut HashMap<Box<str>, Timestamp>, now: Timestamp, limit: usize) {
    full_again.retain(|_, moment| *moment > now);
    if full_again.len() < limit {
        return;
    }
    let mut moments: Vec<Timestamp> = full_again.values().copied().collect();
    let middle = moments.len() / 2;
    let (_, median, _) = moments.select_nth_unstable(middle);
    let median = *median;
    let mut excess = middle.max(1);
    full_again.retain(|_, moment| {
        let forget = *moment <= median && excess > 0;
        excess -= usize::from(forget);
        !forget
    });
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    #[derive(Default)]
    struct Hand(AtomicI64);

    impl Hand {
        fn advance(&self, by: Duration) {
            self.0.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::Relaxed);
        }
    }

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(self.0.load(Ordering::Relaxed))
        }
    }

    fn limits(max_keys: usize) -> (Arc<Hand>, LocalLimits) {
        let clock = Arc::new(Hand::default());
        (clock.clone(), LocalLimits::new(clock, max_keys))
    }

    const FIVE_A_MINUTE: Quota = Quota::new(5, Duration::from_secs(60));

    #[tokio::test]
    async fn a_burst_passes_then_one_at_a_time() {
        let (clock, limits) = limits(100);
        for left in (0..5).rev() {
            let decision = limits.hit("login:a", FIVE_A_MINUTE).await;
            assert!(decision.allowed);
            assert_eq!(decision.remaining, left);
        }
        let refused = limits.hit("login:a", FIVE_A_MINUTE).await;
        assert!(!refused.allowed);
        assert_eq!(refused.retry_after, Duration::from_secs(12));
        assert_eq!(refused.reset, Duration::from_secs(60));
        assert!(limits.hit("login:b", FIVE_A_MINUTE).await.allowed, "another key has its own allowance");

        clock.advance(refused.retry_after);
        assert!(limits.hit("login:a", FIVE_A_MINUTE).await.allowed);
        assert!(!limits.hit("login:a", FIVE_A_MINUTE).await.allowed);
    }

    #[tokio::test]
    async fn in_the_long_run_no_more_than_the_quota_passes() {
        let (clock, limits) = limits(100);
        let mut allowed = 0;
        for _ in 0..600 {
            allowed += u32::from(limits.hit("k", FIVE_A_MINUTE).await.allowed);
            clock.advance(Duration::from_secs(1));
        }
        assert_eq!(allowed, 5 + 49, "the burst, and one every 12 s for 600 s");
    }

    #[tokio::test]
    async fn clearing_gives_the_allowance_back() {
        let (_, limits) = limits(100);
        while limits.hit("k", FIVE_A_MINUTE).await.allowed {}
        limits.clear("k").await;
        assert_eq!(limits.hit("k", FIVE_A_MINUTE).await.remaining, 4);
    }

    #[tokio::test]
    async fn a_quota_of_nothing_refuses_and_one_of_no_time_allows() {
        let (_, limits) = limits(100);
        assert!(!limits.hit("k", Quota::new(0, Duration::from_secs(1))).await.allowed);
        assert!(limits.hit("k", Quota::new(3, Duration::ZERO)).await.allowed);
    }

    #[tokio::test]
    async fn strangers_cannot_fill_the_memory_nor_free_a_busy_key() {
        let (_, limits) = limits(1_000);
        while limits.hit("attacker", FIVE_A_MINUTE).await.allowed {}
        for stranger in 0..50_000 {
            limits.hit(&format!("stranger-{stranger}"), FIVE_A_MINUTE).await;
        }
        let held: usize = limits.shards.iter().map(|shard| shard.lock().len()).sum();
        assert!(held <= 1_000, "{held} keys are held");
        assert!(
            !limits.hit("attacker", FIVE_A_MINUTE).await.allowed,
            "the one deepest in debt is remembered"
        );
    }
}
