use std::sync::Arc;

use detect::{Rule, RuleSpec};
use model::{
    DeviceId, ErrorKind, Explained, Role, RuleId, Severity, SystemScope, TenantId, Timestamp, Value,
};
use respond::{Preview, RespondError, RuleFilter, RuleInput, RuleState, Rules};

use crate::fixture::{TestClock, person, tenant};

fn hot(limit: f64) -> RuleInput {
    let spec = format!(
        r#"{{"kind":"threshold","profile":"oven","field":"temperature","op":"above","limit":{limit}}}"#
    );
    RuleInput {
        name: Some("Oven too hot".into()),
        description: None,
        severity: Some(Severity::High),
        enabled: None,
        spec: serde_json::from_str(&spec).unwrap(),
    }
}

fn silent(devices: &[DeviceId]) -> RuleInput {
    let spec = RuleSpec::Absence { profile: None, devices: Some(devices.to_vec()), after_s: 60 };
    RuleInput { spec, ..hot(1.0) }
}

async fn device(store: &store::Store, tenant: TenantId) -> DeviceId {
    device_of(store, tenant, "oven").await
}

async fn device_of(store: &store::Store, tenant: TenantId, profile: &str) -> DeviceId {
    let system = SystemScope::because("test").within(tenant);
    store::profiles::ensure(store, &system, profile, Timestamp::EPOCH).await.unwrap();
    let id = DeviceId::generate();
    let device = store::devices::Device {
        id,
        tenant,
        name: "Lower left".into(),
        profile: profile.into(),
        username: id.to_string(),
        password_hash: format!("hash of {id}"),
        active: true,
        created_at: Timestamp::EPOCH,
    };
    store::devices::create(store, &system, &device).await.unwrap();
    id
}

/// A rule that was saved some time ago.
fn saved(tenant: TenantId, spec: &str) -> store::rules::Rule {
    store::rules::Rule {
        id: RuleId::generate(),
        tenant,
        name: "Old".into(),
        description: String::new(),
        severity: Severity::Low,
        enabled: true,
        kind: "absence".into(),
        spec: serde_json::from_str(spec).unwrap(),
        version: 1,
        created_at: Timestamp::EPOCH,
        updated_at: Timestamp::EPOCH,
        updated_by: None,
    }
}

const TELNET: &str = "title: Telnet opened\ndescription: Nobody needs it.\nlevel: critical\n\
    logsource: {product: smartsecurity, service: device}\ndetection: {s: {port: 23}, condition: s}\n";

on_both! {
    async fn a_rule_is_made_changed_switched_off_and_deleted(place: &Place) {
        let tenant = tenant(&place.store).await;
        let owner = person(&place.store, tenant, Role::Owner).await;
        let rules = Rules::new(place.store.clone(), Arc::new(TestClock::new()));
        let mut changes = rules.changes();
        let made = rules.create(&owner, &hot(100.0)).await.unwrap();
        assert!(changes.has_changed().unwrap());
        changes.borrow_and_update();
        let nameless = RuleInput { name: None, ..hot(100.0) };
        assert!(rules.check(&owner, &nameless).is_ok());
        assert_eq!(rules.create(&owner, &nameless).await.unwrap_err().field(), Some("name"));
        assert_eq!((made.version, made.state, made.findings_7d), (1, RuleState::Active, 0));
        let saved = rules.update(&owner, made.id, &hot(90.0), Some(1)).await.unwrap();
        assert_eq!(saved.version, 2);
        assert_eq!(rules.get(&owner, made.id).await.unwrap(), saved);
        let off = rules.set_enabled(&owner, made.id, false).await.unwrap();
        assert_eq!((off.version, off.state), (3, RuleState::Disabled));
        assert!(changes.has_changed().unwrap());
        rules.delete(&owner, made.id).await.unwrap();
        assert_eq!(rules.get(&owner, made.id).await.unwrap_err().code(), "rule_not_found");
    }

    async fn who_edited_an_old_version_is_told(place: &Place) {
        let tenant = tenant(&place.store).await;
        let owner = person(&place.store, tenant, Role::Owner).await;
        let rules = Rules::new(place.store.clone(), Arc::new(TestClock::new()));
        let made = rules.create(&owner, &hot(100.0)).await.unwrap();
        rules.update(&owner, made.id, &hot(90.0), Some(1)).await.unwrap();
        let refused = rules.update(&owner, made.id, &hot(80.0), Some(1)).await.unwrap_err();
        assert!(matches!(refused, RespondError::Stale { current: 2, edited: 1 }), "{refused}");
        assert_eq!(rules.get(&owner, made.id).await.unwrap().version, 2);
    }

    async fn a_sigma_rule_brings_its_name_and_a_bad_one_is_not_saved(place: &Place) {
        let tenant = tenant(&place.store).await;
        let owner = person(&place.store, tenant, Role::Owner).await;
        let rules = Rules::new(place.store.clone(), Arc::new(TestClock::new()));
        let made = rules.create_sigma(&owner, TELNET).await.unwrap();
        assert_eq!((made.name.as_str(), made.severity), ("Telnet opened", Severity::Critical));
        assert_eq!(made.description, "Nobody needs it.");
        let windows = rules.create_sigma(&owner, &TELNET.replace("smartsecurity", "windows")).await.unwrap();
        assert_eq!(windows.state, RuleState::Waiting);
        let refused = rules.create_sigma(&owner, &TELNET.replace("port: 23", "'port|expand': '%ports%'")).await.unwrap_err();
        let RespondError::Rule(error) = &refused else { panic!("{refused}") };
        assert_eq!(error.line, Some(5));
        assert!(refused.hint().is_some());
        let filter = RuleFilter { search: Some("TELNET".into()), kind: Some("sigma".into()), enabled: Some(true) };
        assert_eq!(rules.list(&owner, &filter, &Default::default()).await.unwrap().items.len(), 2);
        assert!(matches!(made.spec, RuleSpec::Sigma { .. }));
    }

    async fn a_rule_names_only_devices_that_are_there(place: &Place) {
        let ours = tenant(&place.store).await;
        let owner = person(&place.store, ours, Role::Owner).await;
        let theirs = tenant(&place.store).await;
        let rules = Rules::new(place.store.clone(), Arc::new(TestClock::new()));
        let [known, deleted] = [device(&place.store, ours).await, device(&place.store, ours).await];
        let system = SystemScope::because("test").within(ours);
        store::devices::delete(&place.store, &system, deleted, Timestamp::EPOCH).await.unwrap();
        let made = rules.create(&owner, &silent(&[known])).await.unwrap();
        for stranger in [deleted, device(&place.store, theirs).await, DeviceId::generate()] {
            let input = silent(&[known, stranger]);
            for refused in [
                rules.create(&owner, &input).await.unwrap_err(),
                rules.update(&owner, made.id, &input, None).await.unwrap_err(),
            ] {
                assert_eq!((refused.kind(), refused.field()), (ErrorKind::Invalid, Some("devices")), "{refused}");
                assert!(refused.to_string().contains(&stranger.to_string()), "{refused}");
            }
        }
        assert_eq!(rules.get(&owner, made.id).await.unwrap(), made);
    }

    async fn a_rule_names_only_devices_of_its_profile(place: &Place) {
        let ours = tenant(&place.store).await;
        let owner = person(&place.store, ours, Role::Owner).await;
        let rules = Rules::new(place.store.clone(), Arc::new(TestClock::new()));
        let [oven, freezer] = [device(&place.store, ours).await, device_of(&place.store, ours, "freezer").await];
        let of = |profile: &str, devices: &[DeviceId]| {
            let devices = Some(devices.to_vec());
            RuleInput { spec: RuleSpec::Absence { profile: Some(profile.into()), devices, after_s: 60 }, ..hot(1.0) }
        };
        let made = rules.create(&owner, &of("oven", &[oven])).await.unwrap();
        let wrong = of("oven", &[oven, freezer]);
        for refused in [
            rules.create(&owner, &wrong).await.unwrap_err(),
            rules.update(&owner, made.id, &wrong, None).await.unwrap_err(),
        ] {
            assert_eq!((refused.kind(), refused.field()), (ErrorKind::Invalid, Some("devices")), "{refused}");
            assert!(refused.to_string().ends_with("its device Lower left is of the profile freezer"), "{refused}");
        }
        // Without a profile, devices of any can be named together.
        rules.create(&owner, &silent(&[oven, freezer])).await.unwrap();
    }

    async fn a_rule_whose_devices_were_all_deleted_says_so(place: &Place) {
        let ours = tenant(&place.store).await;
        let owner = person(&place.store, ours, Role::Owner).await;
        let rules = Rules::new(place.store.clone(), Arc::new(TestClock::new()));
        let [one, other] = [device(&place.store, ours).await, device(&place.store, ours).await];
        let made = rules.create(&owner, &silent(&[one, other])).await.unwrap();
        let system = SystemScope::because("test").within(ours);
        store::devices::delete(&place.store, &system, one, Timestamp::EPOCH).await.unwrap();
        assert_eq!(rules.get(&owner, made.id).await.unwrap(), made);
        store::devices::delete(&place.store, &system, other, Timestamp::EPOCH).await.unwrap();
        let seen = rules.get(&owner, made.id).await.unwrap();
        assert_eq!(seen.state, RuleState::Waiting);
        assert_eq!(seen.listens.as_ref().unwrap().code(), "watches_deleted_devices");
        assert_eq!(rules.list(&owner, &Default::default(), &Default::default()).await.unwrap().items, [seen]);
        assert_eq!(rules.set_enabled(&owner, made.id, false).await.unwrap().state, RuleState::Disabled);
    }

    async fn a_tenant_has_so_many_rules_and_no_more(place: &Place) {
        let ours = tenant(&place.store).await;
        let owner = person(&place.store, ours, Role::Owner).await;
        let rules = Rules::new(place.store.clone(), Arc::new(TestClock::new()));
        let made = rules.create(&owner, &hot(1.0)).await.unwrap();
        let tx = place.store.begin().await.unwrap();
        for _ in 0..499 {
            store::rules::create(&tx, &owner, &saved(ours, r#"{"kind":"absence","after_s":60}"#)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let refused = rules.create(&owner, &hot(2.0)).await.unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (ErrorKind::Invalid, Some("spec")));
        assert!(refused.to_string().contains("has 500 rules, and 500 are the limit"), "{refused}");
        rules.update(&owner, made.id, &hot(3.0), None).await.unwrap();
        rules.delete(&owner, made.id).await.unwrap();
        rules.create(&owner, &hot(2.0)).await.unwrap();
        let theirs = tenant(&place.store).await;
        rules.create(&person(&place.store, theirs, Role::Owner).await, &hot(2.0)).await.unwrap();
    }

    async fn a_tenant_s_rules_are_so_large_and_no_larger(place: &Place) {
        let ours = tenant(&place.store).await;
        let owner = person(&place.store, ours, Role::Owner).await;
        let rules = Rules::new(place.store.clone(), Arc::new(TestClock::new()));
        let tx = place.store.begin().await.unwrap();
        let large = serde_json::json!({ "kind": "sigma", "yaml": "x".repeat(60 * 1024) }).to_string();
        for _ in 0..17 {
            store::rules::create(&tx, &owner, &saved(ours, &large)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let remark = |length: usize| format!("{TELNET}# {}\n", "x".repeat(length));
        let made = rules.create_sigma(&owner, TELNET).await.unwrap();
        let refused = rules.create_sigma(&owner, &remark(8 * 1024)).await.unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (ErrorKind::Invalid, Some("spec")));
        let says = "with this rule of 9 KiB, your organisation's rules are 1029 KiB long together, and 1024 KiB are the limit";
        assert!(refused.to_string().contains(says), "{refused}");
        let longer = RuleInput { name: None, spec: RuleSpec::Sigma { yaml: remark(8 * 1024) }, ..hot(1.0) };
        assert!(rules.update(&owner, made.id, &longer, None).await.is_err());
        let renamed = RuleInput { spec: made.spec.clone(), ..hot(1.0) };
        rules.update(&owner, made.id, &renamed, None).await.unwrap();
    }

    async fn other_tenants_and_viewers_cannot_touch_it(place: &Place) {
        let ours = tenant(&place.store).await;
        let owner = person(&place.store, ours, Role::Owner).await;
        let viewer = person(&place.store, ours, Role::Viewer).await;
        let theirs = tenant(&place.store).await;
        let stranger = person(&place.store, theirs, Role::Owner).await;
        let rules = Rules::new(place.store.clone(), Arc::new(TestClock::new()));
        let made = rules.create(&owner, &hot(100.0)).await.unwrap();
        for refused in [
            rules.get(&stranger, made.id).await.map(drop),
            rules.update(&stranger, made.id, &hot(1.0), None).await.map(drop),
            rules.set_enabled(&stranger, made.id, false).await.map(drop),
            rules.delete(&stranger, made.id).await,
        ] {
            assert_eq!(refused.unwrap_err().code(), "rule_not_found");
        }
        assert!(rules.list(&stranger, &Default::default(), &Default::default()).await.unwrap().items.is_empty());
        assert_eq!(rules.create(&viewer, &hot(1.0)).await.unwrap_err().code(), "permission_denied");
        assert_eq!(rules.delete(&viewer, made.id).await.unwrap_err().code(), "permission_denied");
        assert!(rules.get(&viewer, made.id).await.is_ok());
    }
}

#[test]
fn a_preview_runs_the_rule_on_history_and_says_what_it_would_have_done() {
    let spec = r#"{"kind":"threshold","profile":"oven","field":"temperature","op":"above","limit":100,"hold_s":600}"#;
    let rule = Rule {
        id: RuleId::generate(),
        tenant: TenantId::generate(),
        name: "Oven too hot".into(),
        description: String::new(),
        enabled: true,
        severity: Severity::High,
        spec: serde_json::from_str(spec).unwrap(),
    };
    let compiled = detect::compile(&rule).unwrap();
    assert_eq!(compiled.series(), Some(("oven", "temperature")));
    let minute = |number: i64| Timestamp::from_millis(1_700_000_000_000 + number * 60_000);
    let run = |values: &[f64]| {
        let mut preview = Preview::new(compiled.clone());
        let device = DeviceId::generate();
        for (ts, value) in (0..).map(|number| minute(number * 5)).zip(values) {
            preview.row(device, ts, vec![("temperature".into(), Value::Number(*value))]);
        }
        preview.finish(minute(0), minute(7 * 24 * 60), minute(7 * 24 * 60))
    };
    let result = run(&[20.0, 101.0, 105.0, 107.0, 20.0, 120.0, 120.0, 120.0]);
    assert_eq!((result.examined, result.count, result.truncated), (8, 2, false));
    assert_eq!(result.findings[0].ts, minute(15));
    assert_eq!(result.sentence, "would have fired 2 times in the 7 days looked at");
    assert_eq!(run(&[20.0]).sentence, "would not have fired in the 7 days looked at");
    assert_eq!(run(&[]).sentence, "there is no stored data for this rule in the 7 days looked at");
}

#[test]
fn a_misspelt_key_of_a_rule_is_refused_by_name() {
    let text = r#"{"name":"Oven silent","severty":"critical","spec":{"kind":"absence","after_s":60}}"#;
    let error = serde_json::from_str::<RuleInput>(text).unwrap_err();
    assert!(error.to_string().contains("severty"), "{error}");
    assert!(serde_json::from_str::<RuleInput>(&text.replace("severty", "severity")).is_ok());
}
