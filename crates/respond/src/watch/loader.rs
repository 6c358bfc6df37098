//! Reads and compiles rules beside the detector, which goes on with those that it has. A tenant's change costs that tenant:
//! only its rules are read, only those that changed are compiled, and while that lasts, others are served.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use detect::{Compiled, RuleSet};
use model::{RuleId, TenantId};
use store::rules::Rule;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use crate::error::RespondError;
use crate::rules::{Rules, Taken, compile_row};

/// How often rules are looked up that another node may have changed.
const REVISIT: Duration = Duration::from_secs(10);
const AGAIN: Duration = Duration::from_secs(1);
/// Tenants whose rules are compiled at the same time.
const AT_ONCE: usize = 4;

pub struct Loader {
    rules: Rules,
    changes: watch::Receiver<u64>,
    tenants: HashMap<TenantId, Loaded>,
    building: JoinSet<Loaded>,
    places: Arc<Semaphore>,
    /// Those that are compiled now.
    under_way: HashSet<TenantId>,
    /// Those to be read again afterwards.
    again: HashSet<TenantId>,
    /// What the store's revision and our count of changes were when all was as we have it.
    revision: i64,
    count: u64,
    /// We cannot tell whose rules changed.
    all: bool,
}

/// For the detector, to be taken in order.
pub struct Update {
    pub set: Option<Arc<RuleSet>>,
    /// What the detector runs with it.
    pub taken: Taken,
}

/// The enabled rules of a tenant.
#[derive(Clone)]
struct Loaded {
    set: Arc<RuleSet>,
    rules: BTreeMap<RuleId, Saved>,
    /// How many had to be compiled for it.
    compiled: usize,
}

#[derive(Clone)]
struct Saved {
    version: i64,
    /// None that no longer compiles: a newer engine is stricter. Its view says so, too.
    compiled: Option<Arc<Compiled>>,
}

impl Loader {
    /// With all rules of all tenants.
    pub async fn start(rules: &Rules) -> Result<(Self, Vec<Arc<RuleSet>>), RespondError> {
        let mut loader = Self {
            rules: rules.clone(),
            changes: rules.changes(),
            tenants: HashMap::new(),
            building: JoinSet::new(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            under_way: HashSet::new(),
            again: HashSet::new(),
            revision: 0,
            count: 0,
            all: true,
        };
        loader.changes.mark_unchanged();
        loader.read().await?;
        while let Some(built) = loader.building.join_next().await {
            loader.keep(built);
        }
        let sets = loader.tenants.values().map(|loaded| Arc::clone(&loaded.set)).collect();
        Ok((loader, sets))
    }

    /// Until nobody takes updates any more.
    pub async fn run(mut self, updates: mpsc::Sender<Update>) {
        let mut revisit = Instant::now() + REVISIT;
        let mut said = false;
        loop {
            let set = tokio::select! {
                _ = self.changes.changed() => None,
                () = tokio::time::sleep_until(revisit) => None,
                Some(built) = self.building.join_next() => Some(self.keep(built)),
            };
            if set.is_none() || !self.again.is_empty() {
                let pause = match self.read().await {
                    Ok(()) => {
                        said = false;
                        REVISIT
                    }
                    Err(error) => {
                        if !std::mem::replace(&mut said, true) {
                            tracing::warn!(%error, "changed rules cannot be read; the detector goes on with those it has");
                        }
                        AGAIN
                    }
                };
                revisit = Instant::now() + pause;
            }
            if updates.send(Update { set, taken: self.taken() }).await.is_err() {
                return;
            }
        }
    }

    /// What the detector runs when it has taken all that is ready.
    pub fn taken(&self) -> Taken {
        Taken { count: self.count, behind: self.under_way.union(&self.again).copied().collect() }
    }

    /// Reads the rules of those tenants that changed theirs, or of all.
    async fn read(&mut self) -> Result<(), RespondError> {
        let pending = self.rules.running().take();
        // Until we come through.
        let all = std::mem::replace(&mut self.all, true);
        let revision = self.rules.revision().await?;
        // A change that is not ours is another node's.
        let ours = revision.checked_sub(self.revision).and_then(|more| u64::try_from(more).ok())
            == Some(pending.count - self.count);
        if all || !ours {
            let mut saved = self.rules.enabled().await?;
            for tenant in self.tenants.keys() {
                saved.entry(*tenant).or_default();
            }
            for (tenant, rows) in saved {
                self.build(tenant, rows);
            }
        } else {
            for tenant in &pending.tenants | &self.again {
                let rows = self.rules.enabled_of(tenant).await?;
                self.build(tenant, rows);
            }
        }
        (self.revision, self.count, self.all) = (revision, pending.count, false);
        Ok(())
    }

    fn build(&mut self, tenant: TenantId, rows: Vec<Rule>) {
        if self.under_way.contains(&tenant) {
            self.again.insert(tenant);
            return;
        }
        self.again.remove(&tenant);
        let former = self.tenants.get(&tenant).cloned().unwrap_or_else(|| Loaded::nothing(tenant));
        if former.is_of(&rows) {
            return;
        }
        self.under_way.insert(tenant);
        let places = Arc::clone(&self.places);
        self.building.spawn(async move {
            let place = places.acquire_owned().await;
            let built = tokio::task::spawn_blocking(move || former.after(&rows)).await;
            drop(place);
            built.unwrap_or_else(fail)
        });
    }

    fn keep(&mut self, built: Result<Loaded, JoinError>) -> Arc<RuleSet> {
        let loaded = built.unwrap_or_else(fail);
        let (tenant, set) = (loaded.set.tenant(), Arc::clone(&loaded.set));
        tracing::info!(
            tenant.id = %tenant, rules = loaded.rules.len(), compiled = loaded.compiled,
            "changed rules are ready for the detector"
        );
        self.under_way.remove(&tenant);
        if loaded.rules.is_empty() {
            self.tenants.remove(&tenant);
        } else {
            self.tenants.insert(tenant, loaded);
        }
        set
    }
}

impl Loaded {
    fn nothing(tenant: TenantId) -> Self {
        Self { set: Arc::new(RuleSet::empty(tenant)), rules: BTreeMap::new(), compiled: 0 }
    }

    fn is_of(&self, rows: &[Rule]) -> bool {
        let same = |row: &Rule| self.rules.get(&row.id).is_some_and(|saved| saved.version == row.version);
        self.rules.len() == rows.len() && rows.iter().all(same)
    }

    /// With what is saved now. What did not change since is taken over.
    fn after(self, rows: &[Rule]) -> Self {
        let (mut rules, mut compiled) = (BTreeMap::new(), 0);
        for row in rows {
            let known = self.rules.get(&row.id).filter(|saved| saved.version == row.version);
            let saved = known.cloned().unwrap_or_else(|| {
                compiled += 1;
                Saved::of(row)
            });
            rules.insert(row.id, saved);
        }
        let running = rules.values().filter_map(|saved| saved.compiled.clone());
        Self { set: Arc::new(self.set.with(running)), rules, compiled }
    }
}

impl Saved {
    fn of(row: &Rule) -> Self {
        let compiled = compile_row(row)
            .inspect_err(|error| {
                tracing::error!(rule.id = %row.id, tenant.id = %row.tenant, %error, "a rule does not run")
            })
            .ok()
            .map(Arc::new);
        Self { version: row.version, compiled }
    }
}

/// Whoever supervises the detector decides what to do about a panic.
fn fail<T>(error: JoinError) -> T {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(error) => std::panic::resume_unwind(Box::new(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use model::{Severity, Timestamp};
    use serde_json::json;

    use super::*;

    fn row(tenant: TenantId, number: usize) -> Rule {
        let yaml = format!(
            "title: t\nlogsource: {{product: smartsecurity, service: device}}\ndetection: {{s: {{port: {number}}}, condition: s}}\n"
        );
        Rule {
            id: RuleId::generate(),
            tenant,
            name: "Port".into(),
            description: String::new(),
            severity: Severity::Low,
            enabled: true,
            kind: "sigma".into(),
            spec: json!({ "kind": "sigma", "yaml": yaml }),
            version: 1,
            created_at: Timestamp::EPOCH,
            updated_at: Timestamp::EPOCH,
            updated_by: None,
        }
    }

    #[test]
    fn a_rule_beside_a_hundred_others_is_compiled_alone() {
        let tenant = TenantId::generate();
        let mut rows: Vec<Rule> = (0..100).map(|number| row(tenant, number)).collect();
        let loaded = Loaded::nothing(tenant).after(&rows);
        assert_eq!((loaded.compiled, loaded.rules.len()), (100, 100));
        assert!(loaded.is_of(&rows));
        rows.push(row(tenant, 100));
        assert!(!loaded.is_of(&rows));
        let loaded = loaded.after(&rows);
        assert_eq!((loaded.compiled, loaded.rules.len()), (1, 101));
        rows[7].version = 2;
        let loaded = loaded.after(&rows);
        assert_eq!(loaded.compiled, 1);
        rows.truncate(50);
        let loaded = loaded.after(&rows);
        assert_eq!((loaded.compiled, loaded.rules.len()), (0, 50));
    }

    #[test]
    fn one_that_does_not_run_is_tried_once() {
        let tenant = TenantId::generate();
        let broken = Rule { spec: json!({ "kind": "sigma", "yaml": "" }), ..row(tenant, 1) };
        let mut rows = vec![broken, row(tenant, 2)];
        let loaded = Loaded::nothing(tenant).after(&rows);
        assert_eq!((loaded.compiled, loaded.rules.len()), (2, 2));
        rows.pop();
        let loaded = loaded.after(&rows);
        assert!(loaded.compiled == 0 && loaded.set.is_empty() && loaded.is_of(&rows));
    }
}
