//! Devices, their profiles and commands.

use model::{CommandId, DeviceId, Scope, SystemScope, Timestamp};
use serde_json::json;
use store::{PageRequest, Store, commands, devices, profiles};

use crate::frame::tenant;

const SYSTEM: SystemScope = SystemScope::because("test");

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

async fn device(store: &Store, scope: &Scope, username: &str) -> devices::Device {
    let device = devices::Device {
        id: DeviceId::generate(),
        tenant: scope.tenant(),
        name: "Hall".into(),
        profile: "thermostat".into(),
        username: username.into(),
        password_hash: format!("hash of {username}"),
        active: false,
        created_at: at(5),
    };
    profiles::ensure(store, scope, "thermostat", at(4)).await.unwrap();
    profiles::ensure(store, scope, "thermostat", at(9)).await.unwrap();
    devices::create(store, scope, &device).await.unwrap();
    assert_eq!(devices::find(store, scope, device.id).await.unwrap(), device);
    device
}

async fn command(store: &Store, scope: &Scope, device: DeviceId, expires: i64) -> CommandId {
    let id = CommandId::generate();
    let row = commands::CommandRow {
        id,
        tenant: scope.tenant(),
        device,
        name: "reboot".into(),
        params: json!({"in": 5}),
        status: "sent".into(),
        reply: None,
        sent_by: "system".into(),
        created_at: at(10),
        expires_at: at(expires),
        delivered_at: None,
        answered_at: None,
    };
    commands::create(store, scope, &row).await.unwrap();
    assert_eq!(commands::find(store, scope, id).await.unwrap(), row);
    id
}

on_both! {
    async fn a_user_name_belongs_to_one_device_of_all_tenants(place: &Place) {
        let (ours, theirs) = (tenant(&place.store, "a").await, tenant(&place.store, "b").await);
        let taken = device(&place.store, &ours, "d-1").await;
        profiles::ensure(&place.store, &theirs, "thermostat", at(4)).await.unwrap();
        let mut other = devices::Device { id: DeviceId::generate(), password_hash: "x".into(), ..taken.clone() };
        let refused = devices::create(&place.store, &theirs, &other).await.unwrap_err();
        assert!(refused.is_conflict("devices_username"), "{refused}");
        other.username = "d-2".into();
        devices::create(&place.store, &theirs, &other).await.unwrap();
        let first = devices::all(&place.store, &SYSTEM, None, 1).await.unwrap();
        let rest = devices::all(&place.store, &SYSTEM, Some(first[0].id), 10).await.unwrap();
        assert_eq!((first.len(), rest.len()), (1, 1));
    }

    async fn another_tenant_changes_no_device(place: &Place) {
        let store = &place.store;
        let (ours, theirs) = (tenant(store, "a").await, tenant(store, "b").await);
        let device = device(store, &ours, "d-1").await;
        let id = device.id;
        assert!(devices::find(store, &theirs, id).await.unwrap_err().is_not_found());
        assert!(devices::desired(store, &theirs, id).await.unwrap_err().is_not_found());
        assert!(devices::rename(store, &theirs, id, "x").await.unwrap_err().is_not_found());
        assert!(devices::set_profile(store, &theirs, id, "thermostat").await.unwrap_err().is_not_found());
        assert!(devices::set_password_hash(store, &theirs, id, "x").await.unwrap_err().is_not_found());
        assert!(!devices::set_desired(store, &theirs, id, &json!({}), 0).await.unwrap());
        assert!(devices::delete(store, &theirs, id, at(9)).await.unwrap_err().is_not_found());
        devices::activate(store, &theirs, id, at(9)).await.unwrap();
        assert_eq!(devices::find(store, &ours, id).await.unwrap(), device);
        let command = command(store, &ours, id, 100).await;
        assert!(commands::find(store, &theirs, command).await.unwrap_err().is_not_found());
        assert!(!commands::answered(store, &theirs, id, command, "1", at(11)).await.unwrap());
        assert!(commands::list(store, &theirs, id, &PageRequest::default()).await.unwrap().items.is_empty());
    }

    async fn a_device_changes_and_goes(place: &Place) {
        let store = &place.store;
        let scope = tenant(store, "a").await;
        let id = device(store, &scope, "d-1").await.id;
        devices::rename(store, &scope, id, "Cellar").await.unwrap();
        devices::activate(store, &scope, id, at(20)).await.unwrap();
        devices::activate(store, &scope, id, at(30)).await.unwrap();
        assert!(devices::set_desired(store, &scope, id, &json!({"led": true}), 0).await.unwrap());
        assert!(!devices::set_desired(store, &scope, id, &json!({"led": false}), 0).await.unwrap(), "an old version");
        let desired = devices::desired(store, &scope, id).await.unwrap();
        assert_eq!((desired.desired, desired.version), (json!({"led": true}), 1));
        let found = devices::find(store, &scope, id).await.unwrap();
        assert_eq!((found.name.as_str(), found.active), ("Cellar", true));
        assert!(devices::set_profile(store, &scope, id, "unknown").await.unwrap_err().is_conflict("foreign_key"));
        devices::delete(store, &scope, id, at(40)).await.unwrap();
        assert!(devices::find(store, &scope, id).await.unwrap_err().is_not_found());
        assert!(devices::delete(store, &scope, id, at(41)).await.unwrap_err().is_not_found());
        assert_eq!(devices::deleted(store, &SYSTEM, Timestamp::EPOCH).await.unwrap(), [id]);
        device(store, &scope, "d-1").await;
    }

    async fn a_command_is_answered_once_and_by_its_device(place: &Place) {
        let store = &place.store;
        let scope = tenant(store, "a").await;
        let (one, two) = (device(store, &scope, "d-1").await.id, device(store, &scope, "d-2").await.id);
        let id = command(store, &scope, one, 100).await;
        assert_eq!(commands::waiting(store, &SYSTEM, at(11), 10).await.unwrap().len(), 1);
        commands::delivered(store, &scope, id, at(12)).await.unwrap();
        assert!(commands::waiting(store, &SYSTEM, at(12), 10).await.unwrap().is_empty());
        assert!(!commands::answered(store, &scope, two, id, "{}", at(13)).await.unwrap());
        assert!(commands::answered(store, &scope, one, id, "{\"ok\":true}", at(13)).await.unwrap());
        assert!(!commands::answered(store, &scope, one, id, "{\"ok\":false}", at(14)).await.unwrap());
        assert_eq!(commands::expire_due(store, &SYSTEM, at(1_000)).await.unwrap(), 0);
        let row = commands::find(store, &scope, id).await.unwrap();
        assert_eq!((row.status.as_str(), row.reply, row.answered_at), ("answered", Some(json!({"ok": true})), Some(at(13))));
    }

    async fn a_command_expires_and_lists_page(place: &Place) {
        let store = &place.store;
        let scope = tenant(store, "a").await;
        let device = device(store, &scope, "d-1").await.id;
        let mut ids = Vec::new();
        for expires in [50, 60, 70] {
            ids.push(command(store, &scope, device, expires).await);
        }
        assert_eq!(commands::expire_due(store, &SYSTEM, at(60)).await.unwrap(), 2);
        let first = commands::list(store, &scope, device, &PageRequest::first(2)).await.unwrap();
        let next = PageRequest { cursor: first.next_cursor.clone(), limit: Some(2) };
        let second = commands::list(store, &scope, device, &next).await.unwrap();
        let mut seen: Vec<_> = first.items.iter().chain(&second.items).map(|row| row.id).collect();
        seen.sort();
        ids.sort();
        assert_eq!((seen, second.next_cursor), (ids, None));
    }
}
