//! Lists: search, filters, order, pages.

use std::collections::BTreeSet;

use devices::{DeviceStatus, ListRequest, Sort};
use model::Connectivity;

use crate::world::World;

async fn names(world: &World, request: ListRequest) -> Vec<String> {
    let page = world.devices.list(&world.scope, request).await.unwrap();
    page.items.iter().map(|item| item.name.to_string()).collect()
}

#[tokio::test]
async fn pages_hold_every_device_once_in_every_order() {
    let world = World::new().await;
    for n in 0..57 {
        world.add(&format!("Device {:02}", n % 40)).await;
        world.pass(1);
    }
    for sort in [Sort::Name, Sort::Created, Sort::LastSeen, Sort::Problems, Sort::Connectivity] {
        let (mut seen, mut cursor) = (BTreeSet::new(), None);
        loop {
            let request = ListRequest { sort, limit: Some(10), cursor, ..ListRequest::default() };
            let page = world.devices.list(&world.scope, request).await.unwrap();
            assert!(page.items.len() <= 10);
            assert!(page.items.iter().all(|item| seen.insert(item.id)), "{sort:?}");
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 57, "{sort:?}");
    }
    let made_up = ListRequest { cursor: Some("nonsense".into()), ..ListRequest::default() };
    assert!(world.devices.list(&world.scope, made_up).await.is_err());
}

#[tokio::test]
async fn search_looks_at_name_id_and_user_name() {
    let world = World::new().await;
    let hall = world.add("Hall Thermostat").await;
    world.add("Cellar").await;
    for text in ["hall", "THERMO", &hall.id.to_string()[24..], &hall.credentials.username.to_uppercase()] {
        let request = ListRequest { search: Some(text.to_owned()), ..ListRequest::default() };
        assert_eq!(names(&world, request).await, ["Hall Thermostat"], "{text}");
    }
    let nothing = ListRequest { search: Some("%".into()), ..ListRequest::default() };
    assert!(names(&world, nothing).await.is_empty());
    assert_eq!(names(&world, ListRequest::default()).await, ["Cellar", "Hall Thermostat"]);
}

#[tokio::test]
async fn filters_and_counts_know_the_twins() {
    let mut world = World::new().await;
    let hall = world.add("Hall").await;
    world.add("Cellar").await;
    world.start();
    world.connect(hall.id).await;
    world.until(hall.id, |detail| detail.item.connectivity == Connectivity::Online).await;
    let online = ListRequest { connectivity: Some(Connectivity::Online), ..ListRequest::default() };
    assert_eq!(names(&world, online).await, ["Hall"]);
    let pending = ListRequest { status: Some(DeviceStatus::Pending), ..ListRequest::default() };
    assert_eq!(names(&world, pending).await, ["Cellar"]);
    let recent = ListRequest { sort: Sort::LastSeen, ..ListRequest::default() };
    assert_eq!(names(&world, recent).await, ["Hall", "Cellar"]);
    let counts = world.devices.counts(&world.scope).unwrap();
    assert_eq!((counts.total, counts.pending, counts.online), (2, 1, 1));
    world.stop().await;
}
