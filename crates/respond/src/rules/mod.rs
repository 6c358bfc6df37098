//! Rules: written by people, checked by `detect` before they are saved, handed to the detector when they change.

mod input;
mod limits;
mod preview;
mod running;
mod view;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use detect::{Compiled, RuleSpec, compile};
use model::{Clock, DeviceId, Permission, RuleId, Scope, SystemScope, TenantId, Timestamp};
use store::rules::{RuleFilter, RuleWithStats};
use store::{Page, PageRequest, Store, StoreError};
use tokio::sync::watch;

pub use input::RuleInput;
pub use preview::{Preview, PreviewFinding, PreviewResult};
pub(crate) use running::{Attendance, Running, Taken};
pub(crate) use view::compile_row;
pub use view::{RuleState, RuleView};

use crate::error::RespondError;

const DETECTOR: SystemScope = SystemScope::because("the detector runs the rules of all tenants");

/// How far back a rule's findings are counted in lists.
const RECENT: Duration = Duration::from_secs(7 * 86_400);

/// The rules of all tenants. Cloning shares it.
#[derive(Clone)]
pub struct Rules {
    store: Store,
    clock: Arc<dyn Clock>,
    running: Running,
}

impl Rules {
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, running: Running::new() }
    }

    /// Devices of all tenants that were deleted at `since` or later.
    pub(crate) async fn deleted_devices(&self, since: Timestamp) -> Result<Vec<DeviceId>, RespondError> {
        let scope = SystemScope::because("the detector forgets deleted devices");
        Ok(store::devices::deleted(&self.store, &scope, since).await?)
    }

    /// Turns when a rule changed here, before the one who changed it gets their answer.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.running.changes()
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
        let (rule, compiled) = self.draft(scope, RuleId::generate(), input, None).await?;
        let tx = self.store.begin().await?;
        limits::require_room(&tx, scope, &rule, None).await?;
        store::rules::create(&tx, scope, &rule).await?;
        tx.commit().await?;
        tracing::info!(rule.id = %rule.id, tenant.id = %scope.tenant(), kind = rule.kind, "a rule was made");
        self.running.changed(scope.tenant()).await;
        Ok(RuleView::with(RuleWithStats { rule, findings: 0, last_fired_at: None }, Ok(compiled)))
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
        let row = store::rules::find(&self.store, scope, id, self.recent()).await?;
        let mut view = apart(move || RuleView::of(row)).await;
        self.note_deleted(scope, std::slice::from_mut(&mut view)).await?;
        Ok(view)
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
        let Page { items, next_cursor } = page;
        let mut items: Vec<_> = apart(move || items.into_iter().map(RuleView::of).collect()).await;
        self.note_deleted(scope, &mut items).await?;
        Ok(Page { items, next_cursor })
    }

    /// Says of rules that name devices when none of those is left.
    async fn note_deleted(&self, scope: &Scope, views: &mut [RuleView]) -> Result<(), RespondError> {
        let mut known: HashMap<DeviceId, bool> = HashMap::new();
        for view in views {
            let mut left = view.devices().is_empty();
            for id in view.devices() {
                left = match known.get(id) {
                    Some(there) => *there,
                    None => match store::devices::find(&self.store, scope, *id).await {
                        Err(StoreError::NotFound { .. }) => false,
                        found => found.map(|_| true)?,
                    },
                };
                known.insert(*id, left);
                if left {
                    break;
                }
            }
            if !left {
                view.watches_nothing();
            }
        }
        Ok(())
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
        let before = store::rules::find(&self.store, scope, id, self.recent()).await?;
        let edited = version.unwrap_or(before.rule.version);
        let (mut rule, compiled) = self.draft(scope, id, input, Some(&before.rule)).await?;
        rule.version = edited + 1;
        let tx = self.store.begin().await?;
        limits::require_room(&tx, scope, &rule, Some(&before.rule)).await?;
        if !store::rules::update(&tx, scope, &rule).await? {
            let current = store::rules::find(&tx, scope, id, rule.updated_at).await?.rule.version;
            return Err(RespondError::Stale { current, edited });
        }
        tx.commit().await?;
        self.running.changed(scope.tenant()).await;
        Ok(RuleView::with(RuleWithStats { rule, ..before }, Ok(compiled)))
    }

    /// The rule as it will be saved, and that it can run.
    async fn draft(
        &self,
        scope: &Scope,
        id: RuleId,
        input: &RuleInput,
        before: Option<&store::rules::Rule>,
    ) -> Result<(store::rules::Rule, Compiled), RespondError> {
        let (to, given, now) = (scope.clone(), input.clone(), self.clock.now());
        let mut rule = apart(move || given.to_rule(&to, id, now)).await?;
        if let Some(before) = before {
            rule.created_at = before.created_at;
            rule.enabled = input.enabled.unwrap_or(before.enabled);
        }
        let draft = view::to_detect(&rule, input.spec.clone());
        let compiled = apart(move || compile(&draft)).await?;
        self.require_devices(scope, &compiled).await?;
        Ok((rule, compiled))
    }

    /// The devices that a rule names must be there, and of its profile.
    async fn require_devices(&self, scope: &Scope, rule: &Compiled) -> Result<(), RespondError> {
        for id in rule.devices().unwrap_or_default() {
            let device = match store::devices::find(&self.store, scope, *id).await {
                Err(StoreError::NotFound { .. }) => return Err(input::no_such_device(*id).into()),
                found => found?,
            };
            if let Some(profile) = rule.profile().filter(|profile| *profile != device.profile) {
                return Err(input::device_of_another_profile(&device, profile).into());
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
        self.running.changed(scope.tenant()).await;
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
        self.running.changed(scope.tenant()).await;
        Ok(())
    }

    /// The enabled rules of all tenants.
    pub(crate) async fn enabled(&self) -> Result<HashMap<TenantId, Vec<store::rules::Rule>>, RespondError> {
        let mut tenants: HashMap<TenantId, Vec<store::rules::Rule>> = HashMap::new();
        for rule in store::rules::enabled(&self.store, &DETECTOR).await? {
            tenants.entry(rule.tenant).or_default().push(rule);
        }
        Ok(tenants)
    }

    /// The enabled rules of one tenant.
    pub(crate) async fn enabled_of(&self, tenant: TenantId) -> Result<Vec<store::rules::Rule>, RespondError> {
        let filter = RuleFilter { enabled: Some(true), ..RuleFilter::default() };
        limits::all(&self.store, &DETECTOR.within(tenant), &filter, self.clock.now()).await
    }

    /// Rises by one whenever a rule of any tenant changes, on whatever node.
    pub(crate) async fn revision(&self) -> Result<i64, RespondError> {
        Ok(store::rules::revision(&self.store, &DETECTOR).await?)
    }

    pub(crate) const fn running(&self) -> &Running {
        &self.running
    }

    fn recent(&self) -> Timestamp {
        self.clock.now().minus(RECENT)
    }
}

/// What takes long is done where nobody else waits: to compile a large rule does.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only a runtime that ends cancels such work, and us with it.
            Err(_) => std::future::pending().await,
        },
    }
}
