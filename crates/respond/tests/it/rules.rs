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
    let system = SystemScope::because("test").within(tenant);
    store::profiles::ensure(store, &system, "oven", Timestamp::EPOCH).await.unwrap();
    let id = DeviceId::generate();
    let device = store::devices::Device {
        id,
        tenant,
        name: "Oven".into(),
        profile: "oven".into(),
        username: id.to_string(),
        password_hash: format!("hash of {id}"),
        active: true,
        created_at: Timestamp::EPOCH,
    };
    store::devices::create(store, &system, &device).await.unwrap();
    id
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
        assert_eq!(rules.compiled().await.unwrap().len(), 1);
        let saved = rules.update(&owner, made.id, &hot(90.0), Some(1)).await.unwrap();
        assert_eq!(saved.version, 2);
        assert_eq!(rules.get(&owner, made.id).await.unwrap(), saved);
        let off = rules.set_enabled(&owner, made.id, false).await.unwrap();
        assert_eq!((off.version, off.state), (3, RuleState::Disabled));
        assert!(rules.compiled().await.unwrap().is_empty());
        assert!(rules.revision().await.unwrap() >= 3);
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
