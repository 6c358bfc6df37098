//! A tenant with people in it, a clock that tests turn, and findings.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use model::{
    Actor, Clock, DeviceId, Finding, FindingId, Role, RuleId, Scope, SessionId, Severity, SystemScope,
    TenantId, Timestamp, UserId,
};
use respond::{Found, Incidents};
use store::{Store, memberships, tenants, users};
use uuid::Uuid;

const SYSTEM: SystemScope = SystemScope::because("test");

/// Shows the time that a test set.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(1_700_000_000_000_000)))
    }

    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

pub async fn tenant(store: &Store) -> TenantId {
    let id = TenantId::generate();
    let tenant = tenants::Tenant { id, name: "t".into(), created_at: Timestamp::EPOCH };
    tenants::create(store, &SYSTEM, &tenant).await.unwrap();
    id
}

/// A person of that role, as they would come from a sign-in.
pub async fn person(store: &Store, tenant: TenantId, role: Role) -> Scope {
    let id = UserId::generate();
    let user = users::User {
        id,
        email: format!("{id}@example.org"),
        name: "Ada".into(),
        language: "en".into(),
        password_hash: "$".into(),
        created_at: Timestamp::EPOCH,
    };
    users::create(store, &SYSTEM, &user).await.unwrap();
    let scope = SYSTEM.within(tenant);
    memberships::add(store, &scope, id, role, Timestamp::EPOCH).await.unwrap();
    Scope::authenticated(tenant, Actor::User { id, role, session: SessionId::generate() })
}

pub fn found(tenant: TenantId, rule: RuleId, device: DeviceId, severity: Severity) -> Found {
    let finding = Finding {
        id: FindingId(Uuid::now_v7()),
        rule,
        rule_name: "Too hot".into(),
        severity,
        ts: Timestamp::from_millis(1_600_000_000_000),
        title: "temperature 107.4 above 100 for 10 min".into(),
        evidence: r#"{"kind":"threshold","field":"temperature","value":107.4,"op":"above","limit":100.0,"held_s":600}"#
            .into(),
    };
    Found { tenant, device, at: Timestamp::from_millis(1_700_000_000_000), finding }
}

/// An owner and one open incident of that severity.
pub async fn opened(
    store: &Store,
    clock: &TestClock,
    severity: Severity,
) -> (Scope, Incidents, respond::Incident) {
    let tenant = tenant(store).await;
    let owner = person(store, tenant, Role::Owner).await;
    let incidents = Incidents::new(store.clone(), Arc::new(clock.clone()));
    incidents.consume(&[found(tenant, RuleId::generate(), DeviceId::generate(), severity)]).await.unwrap();
    let page = incidents.list(&owner, &Default::default(), &Default::default()).await.unwrap();
    (owner, incidents, page.items[0].clone())
}

/// Looks again and again until there is something to see.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(Instant::now() < deadline, "still not: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Whoever serves requests moves them between threads.
pub fn sendable<T: Send>(future: T) -> T {
    future
}
