//! Messages per minute of each tenant, for the last hour.

use std::collections::HashMap;

use model::{TenantId, Timestamp};
use serde::{Deserialize, Serialize};

use super::view::Rates;

const MINUTES: i64 = 60;
const MINUTE: i64 = 60_000_000;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct MinuteCounts {
    /// By minute since 1970. At most a little more than an hour of them.
    tenants: HashMap<TenantId, Vec<(i64, u64)>>,
}

impl MinuteCounts {
    pub fn count(&mut self, tenant: TenantId, at: Timestamp, messages: u64) {
        let minute = at.as_micros().div_euclid(MINUTE);
        let minutes = self.tenants.entry(tenant).or_default();
        match minutes.iter_mut().rev().find(|(known, _)| *known == minute) {
            Some((_, count)) => *count += messages,
            None => {
                minutes.push((minute, messages));
                if minutes.len() > 2 * 60 {
                    minutes.retain(|(known, _)| *known > minute - MINUTES - 1);
                }
            }
        }
    }

    pub fn last_hour(&self, tenant: TenantId, now: Timestamp) -> Rates {
        let this = now.as_micros().div_euclid(MINUTE);
        let minutes = self.tenants.get(&tenant).map(Vec::as_slice).unwrap_or_default();
        let count_of =
            |minute| minutes.iter().filter(|(known, _)| *known == minute).map(|(_, count)| count).sum();
        Rates { messages_per_minute: (this - MINUTES..this).map(count_of).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_of_full_minutes() {
        let tenant = TenantId::generate();
        let mut counts = MinuteCounts::default();
        for second in 0..7_200 {
            counts.count(tenant, Timestamp::from_micros(second * 1_000_000), 1);
        }
        let rates = counts.last_hour(tenant, Timestamp::from_micros(7_200 * 1_000_000));
        assert_eq!(rates.messages_per_minute, vec![60; 60]);
        assert_eq!(counts.last_hour(TenantId::generate(), Timestamp::EPOCH).messages_per_minute, vec![0; 60]);
    }
}
