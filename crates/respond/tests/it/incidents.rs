use std::sync::Arc;

use backplane::journal::{Journal, LocalJournal, LocalJournalConfig};
use model::{Body, DeviceId, Explained, IncidentChangeKind, Record, Role, RuleId, Severity};
use respond::{BulkAction, Consumed, IncidentFilter, Incidents, OutboxDrain, PageRequest};

use crate::fixture::{TestClock, found, opened, person, sendable, tenant};

on_both! {
    async fn a_finding_opens_an_incident_and_further_ones_join_it(place: &Place) {
        let tenant = tenant(&place.store).await;
        let owner = person(&place.store, tenant, Role::Owner).await;
        let incidents = Incidents::new(place.store.clone(), Arc::new(TestClock::new()));
        let (rule, device) = (RuleId::generate(), DeviceId::generate());
        let first = found(tenant, rule, device, Severity::Medium);
        let second = found(tenant, rule, device, Severity::High);
        let elsewhere = found(tenant, rule, DeviceId::generate(), Severity::Low);
        let consumed = incidents.consume(&[first.clone(), second.clone(), elsewhere]).await.unwrap();
        assert_eq!(consumed, Consumed { opened: 2, joined: 1, known: 0 });
        // The journal is read again after a crash.
        let again = incidents.consume(&[first, second]).await.unwrap();
        assert_eq!(again, Consumed { opened: 0, joined: 0, known: 2 });
        let page = incidents.list(&owner, &IncidentFilter::default(), &PageRequest::default()).await.unwrap();
        assert_eq!(page.items.iter().map(|incident| incident.number).collect::<Vec<_>>(), [2, 1]);
        let detail = incidents.get(&owner, page.items[1].id).await.unwrap();
        assert_eq!((detail.incident.severity, detail.incident.findings), (Severity::High, 2));
        let kinds: Vec<&str> = detail.timeline.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(kinds, ["opened", "finding", "escalated"]);
        assert_eq!(detail.timeline[0].finding.as_ref().unwrap().evidence["value"], 107.4);
        let counts = incidents.counts(&owner).await.unwrap();
        assert_eq!((counts.open, counts.active_by_device[&device]), (2, 1));
        assert_eq!(counts.active_by_severity[&Severity::High], 1);
    }

    async fn a_finding_of_a_tenant_that_is_gone_does_not_keep_the_others(place: &Place) {
        let tenant = tenant(&place.store).await;
        let owner = person(&place.store, tenant, Role::Owner).await;
        let incidents = Incidents::new(place.store.clone(), Arc::new(TestClock::new()));
        let gone = found(model::TenantId::generate(), RuleId::generate(), DeviceId::generate(), Severity::Low);
        let ours = found(tenant, RuleId::generate(), DeviceId::generate(), Severity::Low);
        assert_eq!(incidents.consume(&[gone, ours]).await.unwrap().opened, 1);
        assert_eq!(incidents.counts(&owner).await.unwrap().open, 1);
    }

    async fn people_handle_it_and_illegal_steps_are_explained(place: &Place) {
        let clock = TestClock::new();
        let (owner, incidents, incident) = opened(&place.store, &clock, Severity::High).await;
        let id = incident.id;
        assert_eq!(incidents.reopen(&owner, id, None).await.unwrap_err().code(), "incident_state");
        assert_eq!(sendable(incidents.acknowledge(&owner, id)).await.unwrap().status, "acknowledged");
        assert_eq!(incidents.acknowledge(&owner, id).await.unwrap_err().code(), "incident_state");
        assert_eq!(incidents.assign(&owner, id, owner.user()).await.unwrap().assignee, owner.user());
        incidents.comment(&owner, id, "  fan is broken ").await.unwrap();
        assert_eq!(incidents.comment(&owner, id, "  ").await.unwrap_err().code(), "invalid");
        let resolved = incidents.resolve(&owner, id, Some("new fan")).await.unwrap();
        assert_eq!(resolved.resolved_at, Some(model::Clock::now(&clock)));
        assert!(incidents.acknowledge(&owner, id).await.unwrap_err().hint().unwrap().text().contains("reopen"));
        assert_eq!(incidents.reopen(&owner, id, None).await.unwrap().status, "open");
        let timeline = incidents.get(&owner, id).await.unwrap().timeline;
        let told: Vec<(&str, Option<&str>)> =
            timeline.iter().map(|entry| (entry.kind.as_str(), entry.text.as_deref())).collect();
        assert_eq!(told, [
            ("opened", None), ("acknowledged", None), ("assigned", Some("Ada")), ("commented", Some("fan is broken")),
            ("resolved", Some("new fan")), ("reopened", None),
        ]);
        assert_eq!(timeline[1].actor_name.as_deref(), Some("Ada"));
        assert_eq!(timeline[0].actor, None);
    }

    async fn after_resolving_a_new_finding_opens_a_new_incident(place: &Place) {
        let (owner, incidents, incident) = opened(&place.store, &TestClock::new(), Severity::High).await;
        incidents.resolve(&owner, incident.id, None).await.unwrap();
        let next = found(owner.tenant(), incident.rule, incident.device, Severity::High);
        assert_eq!(incidents.consume(&[next]).await.unwrap().opened, 1);
        let refused = incidents.reopen(&owner, incident.id, None).await.unwrap_err();
        assert!(refused.to_string().contains("newer incident"), "{refused}");
        assert_eq!(incidents.get(&owner, incident.id).await.unwrap().incident.status, "resolved");
    }

    async fn lists_filter_search_and_page(place: &Place) {
        let tenant = tenant(&place.store).await;
        let owner = person(&place.store, tenant, Role::Owner).await;
        let incidents = Incidents::new(place.store.clone(), Arc::new(TestClock::new()));
        let device = DeviceId::generate();
        let many: Vec<_> = (0..7).map(|_| found(tenant, RuleId::generate(), device, Severity::Low)).collect();
        incidents.consume(&many).await.unwrap();
        let mut seen = Vec::new();
        let mut page = PageRequest::first(3);
        loop {
            let part = incidents.list(&owner, &IncidentFilter::default(), &page).await.unwrap();
            seen.extend(part.items.iter().map(|incident| incident.number));
            let Some(cursor) = part.next_cursor else { break };
            page.cursor = Some(cursor);
        }
        assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
        let count = async |filter: IncidentFilter| {
            incidents.list(&owner, &filter, &PageRequest::default()).await.unwrap().items.len()
        };
        let search = |text: &str| IncidentFilter { search: Some(text.into()), ..Default::default() };
        assert_eq!(count(search("#3")).await, 1);
        assert_eq!(count(search("TOO")).await, 7);
        assert_eq!(count(search("too hot")).await, 7);
        assert_eq!(count(search("100%")).await, 0);
        assert_eq!(count(IncidentFilter { status: Some("active".into()), ..Default::default() }).await, 7);
        assert_eq!(count(IncidentFilter { severity: Some(Severity::High), ..Default::default() }).await, 0);
        assert_eq!(count(IncidentFilter { device: Some(device), rule: Some(many[0].finding.rule), ..Default::default() }).await, 1);
        let wrong = IncidentFilter { status: Some("closed".into()), ..Default::default() };
        assert_eq!(incidents.list(&owner, &wrong, &PageRequest::default()).await.unwrap_err().code(), "invalid");
    }

    async fn in_bulk_each_stands_for_itself(place: &Place) {
        let (owner, incidents, incident) = opened(&place.store, &TestClock::new(), Severity::High).await;
        let gone = model::IncidentId::generate();
        let outcomes = incidents.bulk(&owner, &[gone, incident.id], BulkAction::Resolve, Some("drill")).await.unwrap();
        assert_eq!(outcomes[0].result.as_ref().unwrap_err().code(), "incident_not_found");
        assert!(outcomes[1].result.is_ok());
    }

    async fn other_tenants_and_viewers_cannot_touch_it(place: &Place) {
        let (owner, incidents, incident) = opened(&place.store, &TestClock::new(), Severity::High).await;
        let viewer = person(&place.store, owner.tenant(), Role::Viewer).await;
        let theirs = tenant(&place.store).await;
        let stranger = person(&place.store, theirs, Role::Owner).await;
        let id = incident.id;
        for refused in [
            incidents.get(&stranger, id).await.map(drop),
            incidents.acknowledge(&stranger, id).await.map(drop),
            incidents.resolve(&stranger, id, None).await.map(drop),
            incidents.comment(&stranger, id, "x").await.map(drop),
            incidents.assign(&stranger, id, None).await.map(drop),
        ] {
            assert_eq!(refused.unwrap_err().code(), "incident_not_found");
        }
        assert_eq!(incidents.assign(&owner, id, stranger.user()).await.unwrap_err().code(), "invalid");
        assert_eq!(incidents.acknowledge(&viewer, id).await.unwrap_err().code(), "permission_denied");
        assert!(incidents.get(&viewer, id).await.is_ok());
        let again = Incidents::new(place.store.clone(), Arc::new(TestClock::new()));
        let number = found(theirs, incident.rule, incident.device, Severity::Low);
        again.consume(&[number]).await.unwrap();
        assert_eq!(again.list(&stranger, &Default::default(), &Default::default()).await.unwrap().items[0].number, 1);
    }

    async fn every_change_reaches_the_journal_in_order(place: &Place) {
        let (owner, incidents, incident) = opened(&place.store, &TestClock::new(), Severity::High).await;
        incidents.acknowledge(&owner, incident.id).await.unwrap();
        incidents.resolve(&owner, incident.id, None).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let journal = LocalJournal::open(directory.path(), LocalJournalConfig::default()).unwrap();
        let drain = OutboxDrain::new(&incidents, journal.clone());
        drain.drain().await.unwrap();
        drain.drain().await.unwrap();
        let batch = journal.read(0, 1 << 20).await.unwrap();
        let kinds: Vec<(IncidentChangeKind, String)> = batch
            .entries
            .iter()
            .map(|entry| match Record::decode(&entry.bytes).unwrap() {
                Record { tenant, device: Some(device), body: Body::Incident(change), .. } => {
                    assert_eq!((tenant, device, change.incident), (owner.tenant(), incident.device, incident.id));
                    (change.kind, change.status)
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(kinds, [
            (IncidentChangeKind::Opened, "open".to_owned()),
            (IncidentChangeKind::Acknowledged, "acknowledged".to_owned()),
            (IncidentChangeKind::Resolved, "resolved".to_owned()),
        ]);
        journal.close().await;
    }
}
