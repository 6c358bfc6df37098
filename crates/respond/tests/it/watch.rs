//! From a device's message to an incident, through a real journal, with a crash on the way.

use std::path::Path;
use std::sync::Arc;

use backplane::blobs::LocalBlobs;
use backplane::journal::{Journal, LocalJournal, LocalJournalConfig};
use model::{Body, DeviceId, Point, Record, Role, Severity, Telemetry, TenantId, Timestamp, Value};
use respond::{FindingReader, Incidents, OutboxDrain, RuleInput, Rules, Watch};
use store::Store;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::databases;
use crate::fixture::{TestClock, eventually, person, tenant};

struct House {
    journal: Arc<LocalJournal>,
    blobs: Arc<LocalBlobs>,
    rules: Rules,
    incidents: Incidents,
    clock: TestClock,
}

impl House {
    fn new(store: &Store, directory: &Path) -> Self {
        let clock = TestClock::new();
        Self {
            journal: LocalJournal::open(directory.join("journal"), LocalJournalConfig::default()).unwrap(),
            blobs: Arc::new(LocalBlobs::open(directory.join("blobs")).unwrap()),
            rules: Rules::new(store.clone(), Arc::new(clock.clone())),
            incidents: Incidents::new(store.clone(), Arc::new(clock.clone())),
            clock,
        }
    }

    fn start(&self, stop: &CancellationToken) -> Vec<JoinHandle<()>> {
        let clock = Arc::new(self.clock.clone());
        let start = self.journal.end();
        let watch = Watch::new(self.rules.clone(), self.journal.clone(), self.blobs.clone(), clock, start);
        let reader = FindingReader::new(self.incidents.clone(), self.journal.clone());
        let drain = OutboxDrain::new(&self.incidents, self.journal.clone());
        vec![
            tokio::spawn(watch.run(stop.clone())),
            tokio::spawn(reader.run(stop.clone())),
            tokio::spawn(drain.run(stop.clone())),
        ]
    }

    async fn measure(&self, tenant: TenantId, device: DeviceId, second: i64, value: f64) {
        let ts = Timestamp::from_millis(1_600_000_000_000 + second * 1000);
        let points = vec![Point { ts, values: vec![("temperature".into(), Value::Number(value))] }];
        let body = Body::Telemetry(Telemetry::of("oven", points));
        let record = Record { tenant, device: Some(device), at: model::Clock::now(&self.clock), body };
        self.journal.append(vec![record.encode().unwrap()]).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_time_that_spans_a_crash_opens_one_incident() {
    let place = databases::sqlite().await;
    let directory = tempfile::tempdir().unwrap();
    let tenant = tenant(&place.store).await;
    let owner = person(&place.store, tenant, Role::Owner).await;
    let house = House::new(&place.store, directory.path());
    let device = DeviceId::generate();
    let stop = CancellationToken::new();
    let tasks = house.start(&stop);
    let spec = r#"{"kind":"threshold","profile":"oven","field":"temperature","op":"above","limit":100,"hold_s":600}"#;
    let input = RuleInput {
        name: Some("Oven too hot".into()),
        description: None,
        severity: Some(Severity::High),
        enabled: None,
        spec: serde_json::from_str(spec).unwrap(),
    };
    house.rules.create(&owner, &input).await.unwrap();
    // A rule hears whatever is accepted after it was saved.
    house.measure(tenant, device, 0, 101.0).await;
    // As a crash would: without a last save.
    for task in tasks {
        task.abort();
        let _ = task.await;
    }
    house.measure(tenant, device, 300, 102.0).await;
    let tasks = house.start(&stop);
    house.measure(tenant, device, 600, 103.0).await;
    let incident = eventually("an incident", async || {
        let page = house.incidents.list(&owner, &Default::default(), &Default::default()).await.unwrap();
        page.items.into_iter().next()
    })
    .await;
    assert_eq!(incident.title, incident.rule_name);
    eventually("the change in the journal", async || {
        let batch = house.journal.read(0, 1 << 20).await.unwrap();
        let records = batch.entries.iter().map(|entry| Record::decode(&entry.bytes).unwrap());
        records.into_iter().any(|record| matches!(record.body, Body::Incident(_))).then_some(())
    })
    .await;
    stop.cancel();
    for task in tasks {
        task.await.unwrap();
    }
    // Everything once more from the start: nothing new comes of it.
    house.journal.commit(respond::RESPOND_READER, 0).await.unwrap();
    let stop = CancellationToken::new();
    let reader =
        tokio::spawn(FindingReader::new(house.incidents.clone(), house.journal.clone()).run(stop.clone()));
    eventually("the reader at the end", async || {
        let committed = house.journal.committed(respond::RESPOND_READER).await.unwrap();
        (committed == Some(house.journal.end())).then_some(())
    })
    .await;
    stop.cancel();
    reader.await.unwrap();
    let page = house.incidents.list(&owner, &Default::default(), &Default::default()).await.unwrap();
    assert_eq!((page.items.len(), page.items[0].findings), (1, 1));
    house.journal.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_accepted_after_the_answer_is_judged_by_the_rule_as_it_was_saved() {
    let place = databases::sqlite().await;
    let directory = tempfile::tempdir().unwrap();
    let tenant = tenant(&place.store).await;
    let owner = person(&place.store, tenant, Role::Owner).await;
    let house = House::new(&place.store, directory.path());
    let stop = CancellationToken::new();
    let tasks = house.start(&stop);
    let spec = r#"{"kind":"threshold","profile":"oven","field":"temperature","op":"above","limit":100}"#;
    let input = RuleInput {
        name: Some("Oven too hot".into()),
        description: None,
        severity: Some(Severity::High),
        enabled: None,
        spec: serde_json::from_str(spec).unwrap(),
    };
    let hotter =
        RuleInput { spec: serde_json::from_str(&spec.replace("100", "200")).unwrap(), ..input.clone() };
    let incident_of = async |device| {
        eventually("an incident", async || {
            let page = house.incidents.list(&owner, &Default::default(), &Default::default()).await.unwrap();
            page.items.iter().any(|incident| incident.device == device).then_some(())
        })
        .await;
    };
    let rule = house.rules.create(&owner, &input).await.unwrap().id;
    let mut heard = Vec::new();
    for round in 0..5 {
        let [on, off, next] = std::array::from_fn(|_| DeviceId::generate());
        house.measure(tenant, on, round, 101.0).await;
        // What came before the answer may be judged by either.
        incident_of(on).await;
        house.rules.set_enabled(&owner, rule, false).await.unwrap();
        house.measure(tenant, off, round, 101.0).await;
        let other = house.rules.create(&owner, &hotter).await.unwrap().id;
        house.measure(tenant, next, round, 201.0).await;
        incident_of(next).await;
        house.rules.delete(&owner, other).await.unwrap();
        house.rules.set_enabled(&owner, rule, true).await.unwrap();
        heard.extend([on, next]);
    }
    stop.cancel();
    for task in tasks {
        task.await.unwrap();
    }
    let page = house.incidents.list(&owner, &Default::default(), &Default::default()).await.unwrap();
    let mut found: Vec<DeviceId> = page.items.iter().map(|incident| incident.device).collect();
    found.sort();
    heard.sort();
    assert_eq!(found, heard);
    house.journal.close().await;
}
