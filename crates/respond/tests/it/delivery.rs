//! Who waits for whom: nobody for another's dead webhook, and within an incident the later for the earlier.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use model::{Clock as _, DeviceId, Role, RuleId, Scope, Severity, TenantId};
use respond::{ChannelKind, Channels, Incidents, Notice, NoticeFilter, NotifierConfig, PageRequest};
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;

use crate::channels::{input, service};
use crate::fixture::{TestClock, eventually, found, person, tenant};
use crate::webhook::{Receiver, receiver};

/// Takes connections and never answers.
struct Hanging {
    url: String,
    taken: Arc<AtomicUsize>,
}

async fn hanging() -> Hanging {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let taken = Arc::new(AtomicUsize::new(0));
    let count = taken.clone();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        loop {
            kept.push(listener.accept().await.unwrap());
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    Hanging { url, taken }
}

async fn event(receiver: &mut Receiver) -> Json {
    let (_, body) = tokio::time::timeout(Duration::from_secs(60), receiver.received.recv())
        .await
        .expect("nothing was delivered")
        .unwrap();
    serde_json::from_slice(&body).unwrap()
}

async fn listed(channels: &Channels, owner: &Scope, id: model::ChannelId) -> Vec<Notice> {
    let filter = NoticeFilter { channel: Some(id), incident: None };
    channels.notices(owner, &filter, &PageRequest::first(100)).await.unwrap().items
}

async fn happens(incidents: &Incidents, tenant: TenantId, times: usize) {
    let findings: Vec<_> =
        (0..times).map(|_| found(tenant, RuleId::generate(), DeviceId::generate(), Severity::High)).collect();
    incidents.consume(&findings).await.unwrap();
}

on_both! {
    async fn a_webhook_that_hangs_delays_nobody_else(place: &Place) {
        let clock = TestClock::new();
        let (channels, notifier) = service(&place.store, &NotifierConfig::default(), &clock);
        let incidents = Incidents::new(place.store.clone(), Arc::new(clock.clone()));
        let (ours, theirs) = (tenant(&place.store).await, tenant(&place.store).await);
        let owner = person(&place.store, ours, Role::Owner).await;
        let neighbour = person(&place.store, theirs, Role::Owner).await;
        let dead = hanging().await;
        let (mut healthy, mut next_door) = (receiver(Vec::new()).await, receiver(Vec::new()).await);
        let stuck = channels.create(&owner, &input(ChannelKind::Webhook, &dead.url)).await.unwrap().channel.id;
        happens(&incidents, ours, 39).await;
        let stop = CancellationToken::new();
        let running = tokio::spawn({
            let (notifier, stop) = (notifier.clone(), stop.clone());
            async move { notifier.run(stop).await }
        });
        let taken = || dead.taken.load(Ordering::SeqCst);
        eventually("the dead one was called", async || (taken() > 0).then_some(())).await;

        channels.create(&owner, &input(ChannelKind::Webhook, &healthy.url)).await.unwrap();
        channels.create(&neighbour, &input(ChannelKind::Webhook, &next_door.url)).await.unwrap();
        happens(&incidents, ours, 1).await;
        happens(&incidents, theirs, 1).await;
        assert_eq!(event(&mut healthy).await["type"], "incident.opened");
        assert_eq!(event(&mut next_door).await["type"], "incident.opened");

        let waiting = listed(&channels, &owner, stuck).await;
        assert_eq!(waiting.len(), 40);
        assert!(waiting.iter().all(|it| it.status == "pending" && it.last_error.is_none()), "{waiting:?}");
        assert_eq!(taken(), 1, "one at a time");
        stop.cancel();
        running.await.unwrap();
    }

    async fn an_incident_is_told_in_the_order_and_as_it_happened(place: &Place) {
        let clock = TestClock::new();
        let (channels, notifier) = service(&place.store, &NotifierConfig::default(), &clock);
        let incidents = Incidents::new(place.store.clone(), Arc::new(clock.clone()));
        let tenant = tenant(&place.store).await;
        let owner = person(&place.store, tenant, Role::Owner).await;
        let mut receiver = receiver(vec![503]).await;
        let hook = channels.create(&owner, &input(ChannelKind::Webhook, &receiver.url)).await.unwrap().channel.id;
        let mild = found(tenant, RuleId::generate(), DeviceId::generate(), Severity::Medium);
        let mut worse = found(tenant, mild.finding.rule, mild.device, Severity::Critical);
        let opened_at = clock.now();
        incidents.consume(&[mild]).await.unwrap();
        assert_eq!(notifier.deliver_due().await.unwrap(), 1);
        let refused = event(&mut receiver).await;

        clock.advance(Duration::from_secs(1));
        worse.at = clock.now();
        let escalated_at = clock.now();
        incidents.consume(&[worse]).await.unwrap();
        clock.advance(Duration::from_secs(1));
        let incident = incidents.list(&owner, &Default::default(), &PageRequest::default()).await.unwrap().items[0].id;
        incidents.resolve(&owner, incident, None).await.unwrap();
        let resolved_at = clock.now();
        assert_eq!(notifier.deliver_due().await.unwrap(), 0, "the first one is not there yet");
        // Another incident does not wait for this one.
        happens(&incidents, tenant, 1).await;
        assert_eq!(notifier.deliver_due().await.unwrap(), 1);
        assert_ne!(event(&mut receiver).await["data"]["id"], json!(incident));

        clock.advance(Duration::from_secs(13));
        assert_eq!(notifier.deliver_due().await.unwrap(), 3);
        for (kind, at, severity, status, resolved) in [
            ("opened", opened_at, "medium", "open", Json::Null),
            ("escalated", escalated_at, "critical", "open", Json::Null),
            ("resolved", resolved_at, "critical", "resolved", json!(resolved_at)),
        ] {
            let event = event(&mut receiver).await;
            assert_eq!(event["type"], format!("incident.{kind}"));
            assert_eq!(event["timestamp"], json!(at), "{event}");
            assert_eq!((&event["data"]["severity"], &event["data"]["status"]), (&json!(severity), &json!(status)));
            assert_eq!(event["data"]["resolved_at"], resolved);
            if kind == "opened" {
                assert_eq!(event["timestamp"], refused["timestamp"]);
            }
        }
        assert!(listed(&channels, &owner, hook).await.iter().all(|it| it.status == "sent"));
    }
}
