//! Online, silent, offline: said once, with the reason, in the journal.

use backplane::journal::Journal as _;
use model::{Body, Connectivity, Phrase, Presence, Record, StatusChange};

use crate::world::World;

async fn statuses(world: &World) -> Vec<StatusChange> {
    let batch = world.journal.read(0, usize::MAX / 2).await.unwrap();
    let status = |bytes: &[u8]| match Record::decode(bytes).unwrap().body {
        Body::Status(change) => Some(change),
        _ => None,
    };
    batch.entries.iter().filter_map(|entry| status(&entry.bytes)).collect()
}

#[tokio::test]
async fn a_device_falls_silent_and_comes_back() {
    let mut world = World::new().await;
    world.start();
    let id = world.add("Hall").await.id;
    world.connect(id).await;
    for n in 1..=12 {
        world.pass(2);
        world.event(id).await;
        world.until(id, |detail| detail.twin.counters.events == n).await;
    }
    world.until(id, |detail| detail.item.connectivity == Connectivity::Online).await;
    world.pass(50);
    let silent = world.until(id, |detail| detail.item.connectivity == Connectivity::Silent).await;
    let reason = silent.twin.reason.unwrap();
    assert!(reason.text().contains("usually every 2 s; its connection is still open"), "{reason}");
    world.event(id).await;
    world.until(id, |detail| detail.item.connectivity == Connectivity::Online).await;
    world
        .append(id, Body::Presence(Presence::Disconnected { reason: Phrase::plain("keep-alive timed out") }))
        .await;
    let offline = world.until(id, |detail| detail.item.connectivity == Connectivity::Offline).await;
    assert!(offline.twin.reason.unwrap().text().contains("keep-alive timed out"));
    assert_eq!(offline.twin.connection, None);
    let to: Vec<_> = statuses(&world).await.into_iter().map(|change| change.to).collect();
    use Connectivity::{Offline, Online, Silent};
    assert_eq!(to, [Online, Silent, Online, Offline], "each said once");
    world.stop().await;
}

#[tokio::test]
async fn our_restart_does_not_count_against_devices() {
    let mut world = World::new().await;
    world.start();
    let id = world.add("Hall").await.id;
    world.connect(id).await;
    world.until(id, |detail| detail.item.connectivity == Connectivity::Online).await;
    world.restart().await;
    world.event(world.add("Cellar").await.id).await;
    let detail = world.until(id, |detail| detail.twin.connection.is_none()).await;
    assert_eq!(detail.item.connectivity, Connectivity::Online, "it has time to come back");
    world.pass(70);
    let detail = world.until(id, |detail| detail.item.connectivity == Connectivity::Offline).await;
    assert!(detail.twin.reason.unwrap().text().contains("since this server restarted"));
    world.connect(id).await;
    world.until(id, |detail| detail.item.connectivity == Connectivity::Online).await;
    world.stop().await;
}

#[tokio::test]
async fn nobody_is_silent_while_we_turn_messages_away() {
    let mut world = World::new().await;
    world.start();
    let id = world.add("Hall").await.id;
    world.connect(id).await;
    for n in 1..=12 {
        world.pass(2);
        world.event(id).await;
        world.until(id, |detail| detail.twin.counters.events == n).await;
    }
    world.until(id, |detail| detail.item.connectivity == Connectivity::Online).await;
    world.journal.refuse(true);
    world.looked().await;
    world.pass(3_600);
    world.looked().await;
    world.journal.refuse(false);
    // Another device's message is the first that is taken again.
    let other = world.add("Cellar").await.id;
    world.event(other).await;
    world.until(other, |detail| detail.item.connectivity == Connectivity::Online).await;
    world.looked().await;
    let said = statuses(&world).await;
    assert!(said.iter().all(|change| change.to != Connectivity::Silent), "we did not listen: {said:?}");
    world.pass(50);
    world.until(id, |detail| detail.item.connectivity == Connectivity::Silent).await;
    world.stop().await;
}
