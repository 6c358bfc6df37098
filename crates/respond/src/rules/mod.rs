//! Rules: written by people, checked by `detect` before they are saved, handed to the detector when they change.

mod input;
mod preview;
mod view;

use std::sync::Arc;
use std::time::Duration;

use detect::{Compiled, RuleSpec, compile};
use model::{Clock, DeviceId, Permission, RuleId, Scope, SystemScope, Timestamp};
use store::rules::{RuleFilter, RuleWithStats};
use store::{Page, PageRequest, Store, StoreError};
use tokio::sync::watch;

pub use input::RuleInput;
pub use preview::{Preview, PreviewFinding, PreviewResult};
pub use view::{RuleState, RuleView};

use crate::error::RespondError;

/// How far back a rule's findings are counted in lists.
const RECENT: Duration = Duration::from_secs(7 * 86_400);

/// The rules of all tenants. Cloning shares it.
#[derive(Clone)]
pub struct Rules {
    store: Store,
    clock: Arc<dyn Clock>,
    changed: Arc<watch::Sender<u64>>,
}

impl Rules {
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, changed: Arc::new(watch::Sender::new(0)) }
    }

    /// Devices of all tenants that were deleted at `since` or later.
    pub(crate) async fn deleted_devices(&self, since: Timestamp) -> Result<Vec<DeviceId>, RespondError> {
        let scope = SystemScope::because("the detector forgets deleted devices");
        Ok(store::devices::deleted(&self.store, &scope, since).await?)
    }

    /// Turns when a rule changed here, before the one who changed it gets their answer.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Checks a rule as saving it would, but for its name: people try a rule before they find a name for it.
    ///
    /// # Errors
    /// It does not compile, or a field is not right.
    pub fn check(&self, scope: &Scope, input: &RuleInput) -> Result<Compiled, RespondError> {
        let unnamed = input.name.as_deref().is_none_or(|name| name.trim().is_empty());
        let input = match &input.spec {
            RuleSpec::Sigma { .. } => input.clone(),
            spec if unnamed => RuleInput { name: Some(spec.kind().to_owned()), ..input.clone() },
            _ => input.clone(),
        };
        let draft = input.to_rule(scope, RuleId::generate(), self.clock.now())?;
        Ok(compile(&view::to_detect(&draft, input.spec))?)
    }

    /// # Errors
    /// The role does not allow it, the rule does not compile, or a device that it names is not there.
    pub async fn create(&self, scope: &Scope, input: &RuleInput) -> Result<RuleView, RespondError> {
        scope.require(Permission::ManageRules)?;
        let rule = input.to_rule(scope, RuleId::generate(), self.clock.now())?;
        let compiled = compile(&view::to_detect(&rule, input.spec.clone()))?;
        self.require_devices(scope, &compiled).await?;
        let tx = self.store.begin().await?;
        store::rules::create(&tx, scope, &rule).await?;
        tx.commit().await?;
        self.announce();
        tracing::info!(rule.id = %rule.id, tenant.id = %scope.tenant(), kind = rule.kind, "a rule was made");
        Ok(RuleView::of(RuleWithStats { rule, findings: 0, last_fired_at: None }))
    }

    /// A Sigma rule with the name, description and level that it gives itself.
    ///
    /// # Errors
    /// The role does not allow it, or the rule does not compile.
    pub async fn create_sigma(&self, scope: &Scope, yaml: &str) -> Result<RuleView, RespondError> {
        let spec = RuleSpec::Sigma { yaml: yaml.to_owned() };
        self.create(scope, &RuleInput { name: None, description: None, severity: None, enabled: None, spec })
            .await
    }

    /// # Errors
    /// There is no such rule in this tenant.
    pub async fn get(&self, scope: &Scope, id: RuleId) -> Result<RuleView, RespondError> {
        Ok(RuleView::of(store::rules::find(&self.store, scope, id, self.recent()).await?))
    }

    /// The newest first.
    ///
    /// # Errors
    /// A cursor that is not ours, or the store is out of reach.
    pub async fn list(
        &self,
        scope: &Scope,
        filter: &RuleFilter,
        page: &PageRequest,
    ) -> Result<Page<RuleView>, RespondError> {
        let page = store::rules::list(&self.store, scope, filter, self.recent(), page).await?;
        Ok(page.map(RuleView::of))
    }

    /// Saves a rule over the version that the caller edited, or over the newest when they do not say.
    ///
    /// # Errors
    /// Somebody else saved meanwhile, the rule does not compile, a device that it names is not there, or the role does
    /// not allow it.
    pub async fn update(
        &self,
        scope: &Scope,
        id: RuleId,
        input: &RuleInput,
        version: Option<i64>,
    ) -> Result<RuleView, RespondError> {
        scope.require(Permission::ManageRules)?;
        let now = self.clock.now();
        let before = store::rules::find(&self.store, scope, id, self.recent()).await?;
        let edited = version.unwrap_or(before.rule.version);
        let mut rule = input.to_rule(scope, id, now)?;
        rule.created_at = before.rule.created_at;
        rule.enabled = input.enabled.unwrap_or(before.rule.enabled);
        rule.version = edited + 1;
        let compiled = compile(&view::to_detect(&rule, input.spec.clone()))?;
        self.require_devices(scope, &compiled).await?;
        let tx = self.store.begin().await?;
        if !store::rules::update(&tx, scope, &rule).await? {
            let current = store::rules::find(&tx, scope, id, now).await?.rule.version;
            return Err(RespondError::Stale { current, edited });
        }
        tx.commit().await?;
        self.announce();
        Ok(RuleView::of(RuleWithStats { rule, ..before }))
    }

    /// The devices that a rule names must be there.
    async fn require_devices(&self, scope: &Scope, rule: &Compiled) -> Result<(), RespondError> {
        for device in rule.devices().unwrap_or_default() {
            match store::devices::find(&self.store, scope, *device).await {
                Err(StoreError::NotFound { .. }) => return Err(input::no_such_device(*device).into()),
                found => drop(found?),
            }
        }
        Ok(())
    }

    /// # Errors
    /// There is no such rule in this tenant, or the role does not allow it.
    pub async fn set_enabled(
        &self,
        scope: &Scope,
        id: RuleId,
        enabled: bool,
    ) -> Result<RuleView, RespondError> {
        scope.require(Permission::ManageRules)?;
        let tx = self.store.begin().await?;
        store::rules::set_enabled(&tx, scope, id, enabled, self.clock.now()).await?;
        tx.commit().await?;
        self.announce();
        self.get(scope, id).await
    }

    /// Its findings and incidents stay.
    ///
    /// # Errors
    /// There is no such rule in this tenant, or the role does not allow it.
    pub async fn delete(&self, scope: &Scope, id: RuleId) -> Result<(), RespondError> {
        scope.require(Permission::ManageRules)?;
        let tx = self.store.begin().await?;
        store::rules::delete(&tx, scope, id).await?;
        tx.commit().await?;
        self.announce();
        Ok(())
    }

    /// The enabled rules of all tenants. One that no longer compiles (a newer engine is stricter) is left out and
    /// logged; its view says so, too.
    ///
    /// # Errors
    /// The store is out of reach.
    pub async fn compiled(&self) -> Result<Vec<Compiled>, RespondError> {
        let scope = SystemScope::because("the detector runs the rules of all tenants");
        let mut compiled = Vec::new();
        for row in store::rules::enabled(&self.store, &scope).await? {
            match view::compile_row(&row) {
                Ok(rule) => compiled.push(rule),
                Err(error) => {
                    tracing::error!(rule.id = %row.id, tenant.id = %row.tenant, %error, "a rule does not run")
                }
            }
        }
        Ok(compiled)
    }

    /// Rises whenever a rule of any tenant changes, on whatever node.
    ///
    /// # Errors
    /// The store is out of reach.
    pub async fn revision(&self) -> Result<i64, RespondError> {
        let scope = SystemScope::because("the detector runs the rules of all tenants");
        Ok(store::rules::revision(&self.store, &scope).await?)
    }

    fn announce(&self) {
        self.changed.send_modify(|revision| *revision += 1);
    }

    fn recent(&self) -> Timestamp {
        self.clock.now().minus(RECENT)
    }
}
