//! All rules of all tenants, and what each has seen so far of each device.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use std::sync::Arc;

use model::{
    Body, DeviceEvent, DeviceId, Finding, Header, Kind, Record, RuleId, Telemetry, TenantId, Timestamp, Value,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::compile::{Compiled, Plan};
use crate::finding::{Cause, make};
use crate::rule_set::RuleSet;
use crate::telemetry::{Episode, Heard, Window};

/// After so many matches of one rule on one device within a minute, only every doubling is reported, with the count.
const REPORTED_EACH: u64 = 10;
const BURST: std::time::Duration = std::time::Duration::from_secs(60);

/// A rule fired.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub tenant: TenantId,
    pub device: DeviceId,
    pub finding: Finding,
}

/// What a rule remembers of a device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Memory {
    Threshold(Episode),
    Rate(Episode, Window),
    Heard(Heard),
    /// Since when, and how many matches.
    Burst(Timestamp, u64),
}

pub(crate) type Key = (RuleId, DeviceId);

/// Runs rules over records, live and in previews alike.
#[derive(Default)]
pub struct Detector {
    tenants: HashMap<TenantId, Arc<RuleSet>>,
    rules: HashMap<RuleId, Arc<Compiled>>,
    pub(crate) memory: HashMap<Key, Memory>,
    /// When each heard device's silence is due for a look. One entry for each `Heard`; it may come early, never late.
    due: BinaryHeap<Reverse<(Timestamp, RuleId, DeviceId)>>,
}

impl Detector {
    #[must_use]
    pub fn new(rules: Vec<Compiled>) -> Self {
        let mut detector = Self::default();
        detector.replace_rules(rules);
        detector
    }

    /// Runs these rules from now on, and no others of any tenant.
    pub fn replace_rules(&mut self, rules: Vec<Compiled>) {
        let mut sets: BTreeMap<TenantId, Vec<Arc<Compiled>>> =
            self.tenants.keys().map(|tenant| (*tenant, Vec::new())).collect();
        for rule in rules {
            sets.entry(rule.tenant()).or_default().push(Arc::new(rule));
        }
        for (tenant, rules) in sets {
            let set = match self.tenants.get(&tenant) {
                Some(former) => former.with(rules),
                None => RuleSet::empty(tenant).with(rules),
            };
            self.replace(Arc::new(set));
        }
    }

    /// Runs this set instead of its tenant's former one, which is given back: to drop it can take a while. A rule whose
    /// spec is unchanged keeps what it has seen; any other starts afresh.
    pub fn replace(&mut self, set: Arc<RuleSet>) -> Option<Arc<RuleSet>> {
        let tenant = set.tenant();
        let former = self.tenants.remove(&tenant);
        let mut afresh = HashSet::new();
        for (id, before) in former.iter().flat_map(|former| &former.rules) {
            if set.rules.get(id).is_none_or(|now| now.fingerprint != before.fingerprint) {
                afresh.insert(*id);
            }
            self.rules.remove(id);
        }
        if !afresh.is_empty() {
            self.memory.retain(|(rule, _), _| !afresh.contains(rule));
            self.due.retain(|Reverse((_, rule, _))| !afresh.contains(rule));
        }
        self.rules.extend(set.rules.iter().map(|(id, rule)| (*id, Arc::clone(rule))));
        if !set.is_empty() {
            self.tenants.insert(tenant, set);
        }
        former
    }

    /// Devices that are no more: nothing is remembered of them, so nothing comes of their silence.
    pub fn forget(&mut self, devices: &HashSet<DeviceId>) {
        self.memory.retain(|(_, device), _| !devices.contains(device));
    }

    #[must_use]
    pub fn rule_count(&self) -> usize {
        self.rules.len()
    }

    pub(crate) fn rule(&self, id: RuleId) -> Option<&Arc<Compiled>> {
        self.rules.get(&id)
    }

    /// Whether any rule could look at a record that begins so. If not, [`Self::tick`] at its time does for it.
    #[must_use]
    pub fn heeds(&self, header: &Header) -> bool {
        let Some(tenant) = self.tenants.get(&header.tenant).filter(|_| header.device.is_some()) else {
            return false;
        };
        match header.kind {
            Kind::Telemetry => !tenant.telemetry.is_empty(),
            Kind::Event => !tenant.sigma.is_empty() || tenant.telemetry.watches_absence(),
            Kind::Reply => tenant.telemetry.watches_absence(),
            Kind::Problem | Kind::Presence | Kind::Status | Kind::Finding | Kind::Incident => false,
        }
    }

    /// Looks at the record at `offset` of the journal. Time, as far as silence is concerned, moves on to the record's.
    pub fn observe(&mut self, offset: u64, record: &Record) -> Vec<Hit> {
        let mut hits = self.tick(record.at);
        let Some(device) = record.device else { return hits };
        let profile = match &record.body {
            Body::Telemetry(telemetry) => {
                self.measure(offset, record, device, telemetry, &mut hits);
                Some(telemetry.profile.as_str())
            }
            Body::Event(event) => {
                self.match_event(offset, record, device, event, &mut hits);
                Some(event.profile.as_str())
            }
            Body::Reply(_) => None,
            _ => return hits,
        };
        self.hear(offset, record, device, profile);
        hits
    }

    /// Looks for silence at `now`. Live it is called every second or so; in a replay records move time on.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Hit> {
        let mut hits = Vec::new();
        while let Some(&Reverse((due, rule, device))) = self.due.peek() {
            if due > now {
                break;
            }
            self.due.pop();
            let Some(compiled) = self.rules.get(&rule) else { continue };
            let (Plan::Absence(absence), Some(Memory::Heard(heard))) =
                (&compiled.plan, self.memory.get_mut(&(rule, device)))
            else {
                continue;
            };
            let due = absence.due(heard);
            if heard.reported {
                continue;
            }
            if due > now {
                self.due.push(Reverse((due, rule, device)));
                continue;
            }
            heard.reported = true;
            let (title, evidence) = absence.words(heard);
            let cause = Cause { offset: heard.offset, point: 0, ts: heard.at };
            let finding = make(&compiled.rule, device, cause, due, title, &evidence);
            hits.push(Hit { tenant: compiled.tenant(), device, finding });
        }
        hits.sort_by_key(|hit| (hit.finding.ts, hit.finding.rule, hit.device));
        hits
    }

    /// We were not listening until `until` (a restart, an outage of ours): no device's silence counts from before.
    pub fn forgive_until(&mut self, until: Timestamp) {
        for memory in self.memory.values_mut() {
            if let Memory::Heard(heard) = memory
                && !heard.reported
            {
                heard.counted_from = heard.counted_from.max(until);
            }
        }
    }

    pub(crate) fn schedule_all(&mut self) {
        let heard = self.memory.iter().filter_map(|((rule, device), memory)| {
            let (Plan::Absence(absence), Memory::Heard(heard)) = (&self.rules.get(rule)?.plan, memory) else {
                return None;
            };
            (!heard.reported).then(|| Reverse((absence.due(heard), *rule, *device)))
        });
        self.due = heard.collect();
    }

    fn measure(
        &mut self,
        offset: u64,
        record: &Record,
        device: DeviceId,
        telemetry: &Telemetry,
        hits: &mut Vec<Hit>,
    ) {
        let Some(fields) =
            self.tenants.get(&record.tenant).and_then(|tenant| tenant.telemetry.profile(&telemetry.profile))
        else {
            return;
        };
        // Messages that came together are known together: a device that sends its buffer newest first is heard in order.
        let mut points: Vec<_> = (0_u64..).zip(&telemetry.points).collect();
        points.sort_by_key(|(_, point)| point.ts);
        for (number, point) in points {
            for (name, value) in &point.values {
                let value = match value {
                    Value::Number(number) => *number,
                    Value::Bool(flag) => f64::from(u8::from(*flag)),
                    Value::Text(_) | Value::Json(_) => continue,
                };
                for compiled in fields.rules(name, device) {
                    let fired = match &compiled.plan {
                        Plan::Threshold(threshold) => {
                            let fresh = || Memory::Threshold(Episode::default());
                            match self.memory.entry((compiled.id(), device)).or_insert_with(fresh) {
                                Memory::Threshold(episode) => threshold.observe(episode, point.ts, value),
                                _ => None,
                            }
                        }
                        Plan::Rate(rate) => {
                            let fresh = || Memory::Rate(Episode::default(), Window::default());
                            match self.memory.entry((compiled.id(), device)).or_insert_with(fresh) {
                                Memory::Rate(episode, window) => {
                                    rate.observe((episode, window), point.ts, value)
                                }
                                _ => None,
                            }
                        }
                        Plan::Sigma(_) | Plan::Absence(_) => None,
                    };
                    if let Some((title, evidence)) = fired {
                        let cause = Cause { offset, point: number, ts: point.ts };
                        let finding = make(&compiled.rule, device, cause, point.ts, title, &evidence);
                        hits.push(Hit { tenant: record.tenant, device, finding });
                    }
                }
            }
        }
    }

    fn match_event(
        &mut self,
        offset: u64,
        record: &Record,
        device: DeviceId,
        event: &DeviceEvent,
        hits: &mut Vec<Hit>,
    ) {
        let Some(tenant) = self.tenants.get(&record.tenant).filter(|tenant| !tenant.sigma.is_empty()) else {
            return;
        };
        let Ok(json) = serde_json::from_str::<serde_json::Value>(&event.json) else { return };
        for found in tenant.sigma.evaluate(&json) {
            let Some(compiled) = self.rules.get(&found.rule) else { continue };
            let memory = self.memory.entry((found.rule, device)).or_insert(Memory::Burst(record.at, 0));
            let Memory::Burst(since, count) = memory else { continue };
            if record.at.since(*since) >= BURST {
                (*since, *count) = (record.at, 0);
            }
            *count += 1;
            if !is_reported(*count) {
                continue;
            }
            let title = match *count {
                ..=REPORTED_EACH => compiled.rule.name.clone(),
                count => format!("{} ({count} matches within a minute)", compiled.rule.name),
            };
            let evidence = json!({
                "kind": "sigma", "event": json, "selections": found.selections,
                "matched": found.matched, "matches_in_minute": *count,
            });
            let cause = Cause { offset, point: 0, ts: event.ts };
            let finding = make(&compiled.rule, device, cause, event.ts, title, &evidence);
            hits.push(Hit { tenant: record.tenant, device, finding });
        }
    }

    fn hear(&mut self, offset: u64, record: &Record, device: DeviceId, profile: Option<&str>) {
        let Some(tenant) =
            self.tenants.get(&record.tenant).filter(|tenant| tenant.telemetry.watches_absence())
        else {
            return;
        };
        for compiled in tenant.telemetry.absence(profile, device) {
            let Plan::Absence(absence) = &compiled.plan else { continue };
            let key = (compiled.id(), device);
            let before = match self.memory.get(&key) {
                Some(Memory::Heard(before)) => Some(*before),
                _ => None,
            };
            // A clock of ours that is set back does not make a device heard earlier than it was.
            let at = before.map_or(record.at, |before| before.at.max(record.at));
            let heard = Heard::new(at, offset);
            self.memory.insert(key, Memory::Heard(heard));
            let scheduled = before.is_some_and(|before| !before.reported);
            if !scheduled {
                self.due.push(Reverse((absence.due(&heard), compiled.id(), device)));
            }
        }
    }
}

fn is_reported(count: u64) -> bool {
    count <= REPORTED_EACH
        || (count.is_multiple_of(REPORTED_EACH) && (count / REPORTED_EACH).is_power_of_two())
}
