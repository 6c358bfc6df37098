//! The live watch while the journal refuses: it ends when told to, owes nothing afterwards, and blames nobody. Nor does it
//! blame devices that were deleted.

use std::sync::Arc;
use std::time::Duration;

use backplane::blobs::LocalBlobs;
use backplane::journal::{Journal, LocalJournal, LocalJournalConfig};
use model::{
    Body, Clock as _, DeviceId, Finding, Point, Record, Role, Scope, Severity, Telemetry, TenantId, Value,
};
use respond::{RuleInput, Rules, Watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::databases;
use crate::fixture::{TestClock, eventually, person, tenant};
use crate::refusing::RefusingJournal;

const ABOVE: &str = r#"{"kind":"threshold","profile":"oven","field":"temperature","op":"above","limit":100}"#;
const QUIET: &str = r#"{"kind":"absence","profile":"oven","after_s":60}"#;

struct House {
    journal: Arc<RefusingJournal>,
    blobs: Arc<LocalBlobs>,
    rules: Rules,
    clock: TestClock,
    tenant: TenantId,
    owner: Scope,
    place: databases::Place,
    _directory: tempfile::TempDir,
}

impl House {
    async fn with_rule(spec: &str) -> Self {
        let place = databases::sqlite().await;
        let directory = tempfile::tempdir().unwrap();
        let tenant = tenant(&place.store).await;
        let owner = person(&place.store, tenant, Role::Owner).await;
        let clock = TestClock::new();
        let journal =
            LocalJournal::open(directory.path().join("journal"), LocalJournalConfig::default()).unwrap();
        let house = Self {
            journal: RefusingJournal::new(journal),
            blobs: Arc::new(LocalBlobs::open(directory.path().join("blobs")).unwrap()),
            rules: Rules::new(place.store.clone(), Arc::new(clock.clone())),
            clock,
            tenant,
            owner,
            place,
            _directory: directory,
        };
        let input = RuleInput {
            name: Some("Oven".into()),
            description: None,
            severity: Some(Severity::High),
            enabled: None,
            spec: serde_json::from_str(spec).unwrap(),
        };
        house.rules.create(&house.owner, &input).await.unwrap();
        house
    }

    fn start(&self, stop: &CancellationToken) -> JoinHandle<()> {
        self.start_at(self.journal.end(), stop)
    }

    /// As a server that listened before its detector ran.
    fn start_at(&self, start: u64, stop: &CancellationToken) -> JoinHandle<()> {
        let clock = Arc::new(self.clock.clone());
        let watch = Watch::new(self.rules.clone(), self.journal.clone(), self.blobs.clone(), clock, start);
        tokio::spawn(watch.run(stop.clone()))
    }

    /// Past the guard: as if it had been taken just before the disk was full.
    async fn measure(&self, device: DeviceId, value: f64) {
        let at = self.clock.now();
        let points = vec![Point { ts: at, values: vec![("temperature".into(), Value::Number(value))] }];
        let body = Body::Telemetry(Telemetry::of("oven", points));
        let record = Record { tenant: self.tenant, device: Some(device), at, body };
        self.journal.inner.append(vec![record.encode().unwrap()]).await.unwrap();
    }

    async fn findings(&self) -> Vec<(DeviceId, Finding)> {
        let batch = self.journal.read(0, 1 << 20).await.unwrap();
        let records = batch.entries.iter().map(|entry| Record::decode(&entry.bytes).unwrap());
        let finding = |record: Record| match record.body {
            Body::Finding(finding) => Some((record.device.unwrap(), finding)),
            _ => None,
        };
        records.filter_map(finding).collect()
    }

    /// The watch is at the end of the journal and has looked at it since now.
    async fn looked(&self) {
        let looks = self.journal.looks();
        eventually("the watch looks", async || (self.journal.looks() >= looks + 2).then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watch_whose_findings_are_refused_ends_when_told_to_and_finds_them_again() {
    let house = House::with_rule(ABOVE).await;
    let stop = CancellationToken::new();
    let task = house.start(&stop);
    house.looked().await;
    let device = DeviceId::generate();
    house.journal.refuse(true);
    house.measure(device, 101.0).await;
    eventually("the finding is refused", async || (house.journal.refused() > 0).then_some(())).await;
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(10), task)
        .await
        .expect("it ends though the disk is full")
        .unwrap();
    assert!(house.findings().await.is_empty());

    house.journal.refuse(false);
    let stop = CancellationToken::new();
    let task = house.start(&stop);
    eventually("the finding", async || (!house.findings().await.is_empty()).then_some(())).await;
    house.looked().await;
    stop.cancel();
    task.await.unwrap();
    let findings = house.findings().await;
    assert_eq!((findings.len(), findings[0].0), (1, device));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_we_refused_are_not_a_devices_silence() {
    let house = House::with_rule(QUIET).await;
    let stop = CancellationToken::new();
    let task = house.start(&stop);
    let (device, other) = (DeviceId::generate(), DeviceId::generate());
    house.measure(device, 1.0).await;
    house.looked().await;
    house.journal.refuse(true);
    house.looked().await;
    house.clock.advance(Duration::from_secs(3_600));
    house.looked().await;
    house.journal.refuse(false);
    house.looked().await;
    // A record of another device moves time on, too.
    house.measure(other, 1.0).await;
    house.looked().await;
    assert!(house.findings().await.is_empty(), "{:?}", house.findings().await);

    house.clock.advance(Duration::from_secs(61));
    let found = eventually("both are silent now", async || {
        let findings = house.findings().await;
        (findings.len() >= 2).then_some(findings)
    })
    .await;
    assert!([device, other].iter().all(|device| found.iter().any(|(of, _)| of == device)), "{found:?}");
    stop.cancel();
    task.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_is_not_a_devices_silence_though_others_are_quicker_than_the_detector() {
    let house = House::with_rule(QUIET).await;
    let (device, other) = (DeviceId::generate(), DeviceId::generate());
    for crash in [false, true] {
        let stop = CancellationToken::new();
        let task = house.start(&stop);
        house.measure(device, 1.0).await;
        house.looked().await;
        if crash {
            task.abort();
            let _ = task.await;
        } else {
            stop.cancel();
            task.await.unwrap();
        }
        house.clock.advance(Duration::from_secs(3_600));
        let start = house.journal.end();
        house.measure(other, 1.0).await;
        let stop = CancellationToken::new();
        let task = house.start_at(start, &stop);
        house.looked().await;
        house.measure(other, 2.0).await;
        house.looked().await;
        assert!(house.findings().await.is_empty(), "crash {crash}: {:?}", house.findings().await);
        stop.cancel();
        task.await.unwrap();
    }
    let stop = CancellationToken::new();
    let task = house.start(&stop);
    house.looked().await;
    house.clock.advance(Duration::from_secs(61));
    eventually("both are silent now", async || (house.findings().await.len() >= 2).then_some(())).await;
    stop.cancel();
    task.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_silence_of_a_deleted_device_is_no_finding() {
    let house = House::with_rule(QUIET).await;
    let system = model::SystemScope::because("test").within(house.tenant);
    let store = &house.place.store;
    store::profiles::ensure(store, &system, "oven", house.clock.now()).await.unwrap();
    let [kept, deleted] = [DeviceId::generate(), DeviceId::generate()];
    for id in [kept, deleted] {
        let device = store::devices::Device {
            id,
            tenant: house.tenant,
            name: "Oven".into(),
            profile: "oven".into(),
            username: id.to_string(),
            password_hash: format!("hash of {id}"),
            active: true,
            created_at: house.clock.now(),
        };
        store::devices::create(store, &system, &device).await.unwrap();
    }
    let stop = CancellationToken::new();
    let task = house.start(&stop);
    house.measure(deleted, 20.0).await;
    house.measure(kept, 20.0).await;
    house.looked().await;
    store::devices::delete(store, &system, deleted, house.clock.now()).await.unwrap();
    // A record that the journal had taken before.
    house.measure(deleted, 20.0).await;
    house.looked().await;
    for _ in 0..2 {
        house.clock.advance(Duration::from_secs(61));
        house.looked().await;
    }
    let silent = eventually("a silence is found", async || {
        Some(house.findings().await).filter(|found| !found.is_empty())
    });
    let silent: Vec<_> = silent.await.into_iter().map(|(device, _)| device).collect();
    assert_eq!(silent, [kept]);
    stop.cancel();
    task.await.unwrap();
}
