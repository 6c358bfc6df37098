//! Adding, changing and removing devices.

use devices::{Change, DeviceError, DeviceStatus, NewDevice};
use model::{Connectivity, ErrorKind, Explained, Role};
use serde_json::json;

use crate::world::{World, tenant};

#[tokio::test]
async fn a_new_device_is_pending_and_generic() {
    let world = World::new().await;
    let made = world.add("  Hall ").await;
    let detail = world.get(made.id).await;
    assert_eq!((&*detail.item.name, &*detail.item.profile), ("Hall", "generic"));
    assert_eq!((detail.item.status, detail.item.connectivity), (DeviceStatus::Pending, Connectivity::Never));
    assert_eq!(detail.desired, json!({}));
    assert_eq!(world.devices.names(world.scope.tenant())[&made.id], "Hall");
}

#[tokio::test]
async fn another_tenant_finds_nothing() {
    let world = World::new().await;
    let id = world.add("Hall").await.id;
    let other = tenant(&world.store).await;
    let devices = &world.devices;
    assert!(matches!(devices.get(&other, id).await, Err(DeviceError::NotFound)));
    assert!(matches!(devices.change(&other, id, Change::default()).await, Err(DeviceError::NotFound)));
    assert!(matches!(devices.delete(&other, id).await, Err(DeviceError::NotFound)));
    assert!(matches!(devices.renew_credentials(&other, id).await, Err(DeviceError::NotFound)));
    let command = devices::NewCommand { name: "reboot".into(), ..Default::default() };
    assert!(matches!(devices.send_command(&other, id, command).await, Err(DeviceError::NotFound)));
    assert_eq!(devices.list(&other, Default::default()).await.unwrap().counts.total, 0);
    assert!(devices.peek(&other, id).is_none() && devices.names(other.tenant()).is_empty());
}

#[tokio::test]
async fn roles_hold() {
    let world = World::new().await;
    let id = world.add("Hall").await.id;
    let viewer = world.person(Role::Viewer);
    assert!(world.devices.get(&viewer, id).await.is_ok());
    let refused = world.devices.delete(&viewer, id).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Denied);
    assert!(refused.to_string().contains("operator"));
    assert!(world.devices.delete(&world.person(Role::Operator), id).await.is_ok());
    assert_eq!(*world.link.forgotten.lock(), [id]);
}

#[tokio::test]
async fn names_and_profiles_are_checked() {
    let world = World::new().await;
    for (name, profile, field) in [
        ("", None, "name"),
        ("a\nb", None, "name"),
        ("a", Some("Door Lock"), "profile"),
        ("a", Some("events"), "profile"),
    ] {
        let new = NewDevice { name: name.into(), profile: profile.map(str::to_owned) };
        let error = world.devices.create(&world.scope, new).await.unwrap_err();
        assert!(matches!(error, DeviceError::Invalid { field: found, .. } if found == field), "{error}");
    }
}

#[tokio::test]
async fn a_change_reaches_everyone_who_looks() {
    let mut world = World::new().await;
    let id = world.add("Hall").await.id;
    let change = Change {
        name: Some("Cellar".into()),
        profile: Some("thermostat".into()),
        desired: Some(json!({"interval": 60, "led": {"on": true}})),
    };
    let detail = world.devices.change(&world.scope, id, change).await.unwrap();
    assert_eq!(
        (&*detail.item.name, &*detail.item.profile, detail.desired_version),
        ("Cellar", "thermostat", 1)
    );
    assert_eq!(world.devices.names(world.scope.tenant())[&id], "Cellar");
    assert!(world.link.cut.lock()[0].1.contains("thermostat"));
    let patch = Change { desired: Some(json!({"interval": null})), ..Change::default() };
    let detail = world.devices.change(&world.scope, id, patch).await.unwrap();
    assert_eq!((detail.desired, detail.desired_version), (json!({"led": {"on": true}}), 2));
    world.restart().await;
    assert_eq!(world.devices.names(world.scope.tenant())[&id], "Cellar");
    let bad = Change { name: Some("x".into()), desired: Some(json!(5)), ..Change::default() };
    assert!(world.devices.change(&world.scope, id, bad).await.is_err());
    assert_eq!(&*world.get(id).await.item.name, "Cellar", "all of it or nothing");
}
