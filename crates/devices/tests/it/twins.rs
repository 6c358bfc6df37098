//! Twins: the newest of everything, whatever order it came in, and across restarts.

use bytes::Bytes;
use devices::DeviceStatus;
use model::{Body, Phrase, Problem, ProblemCode, Value};

use crate::world::World;

fn value(detail: &devices::DeviceDetail, field: &str) -> Option<Value> {
    detail.twin.telemetry.iter().find(|value| &*value.field == field).map(|value| value.value.clone())
}

#[tokio::test]
async fn the_newest_by_the_devices_own_time() {
    let mut world = World::new().await;
    world.start();
    let id = world.add("Hall").await.id;
    world.measure(id, 2_000, "temperature", 20.0).await;
    world.measure(id, 1_000, "temperature", 99.0).await;
    world.measure(id, 1_000, "humidity", 40.0).await;
    let detail = world.until(id, |detail| detail.twin.counters.messages == 3).await;
    assert_eq!(value(&detail, "temperature"), Some(Value::Number(20.0)));
    assert_eq!(value(&detail, "humidity"), Some(Value::Number(40.0)));
    assert_eq!(detail.item.status, DeviceStatus::Active);
    assert_eq!(detail.twin.last_seen, Some(crate::world::NOW));
    assert_eq!(world.devices.rates(&world.scope).unwrap().messages_per_minute.iter().sum::<u64>(), 0);
    world.pass(60);
    assert_eq!(world.devices.rates(&world.scope).unwrap().messages_per_minute[59], 3);
    world.stop().await;
}

#[tokio::test]
async fn a_restart_changes_nothing_with_and_without_checkpoint() {
    let mut world = World::new().await;
    world.start();
    let id = world.add("Hall").await.id;
    world.measure(id, 1_000, "a", 1.0).await;
    world.until(id, |detail| detail.twin.counters.messages == 1).await;
    world.stop().await;
    world.measure(id, 2_000, "a", 2.0).await;
    world.restart().await;
    let detail = world.until(id, |detail| detail.twin.counters.messages == 2).await;
    assert_eq!(value(&detail, "a"), Some(Value::Number(2.0)));
    world.stop().await;
    std::fs::write(world.dir.path().join("twins/twins.checkpoint"), "damaged").unwrap();
    world.restart().await;
    assert!(world.devices.unusable_checkpoint().unwrap().contains("not a checkpoint"));
    let rebuilt = world.until(id, |detail| detail.twin.counters.messages == 2).await;
    assert_eq!(rebuilt.twin.telemetry, detail.twin.telemetry);
    world.stop().await;
}

#[tokio::test]
async fn first_contact_reaches_the_store() {
    let mut world = World::new().await;
    world.start();
    let id = world.add("Hall").await.id;
    world.event(id).await;
    crate::world::eventually(async || {
        store::devices::find(&world.store, &world.scope, id).await.unwrap().active
    })
    .await;
    world.stop().await;
}

#[tokio::test]
async fn a_wrong_password_is_a_problem_and_no_contact() {
    let mut world = World::new().await;
    world.start();
    let id = world.add("Hall").await.id;
    let problem = |code, count| {
        let sample = Bytes::from_static(b"x");
        Body::Problem(Problem { code, topic: "telemetry".into(), detail: Phrase::plain("d"), sample, count })
    };
    world.append(id, problem(ProblemCode::WrongPassword, 2)).await;
    world.append(id, problem(ProblemCode::WrongPassword, 3)).await;
    let detail = world.until(id, |detail| detail.item.problems == 5).await;
    assert_eq!((detail.item.status, detail.item.last_seen), (DeviceStatus::Pending, None));
    world.append(id, problem(ProblemCode::TypeConflict, 1)).await;
    let detail = world.until(id, |detail| detail.item.problems == 6).await;
    assert_eq!(detail.item.status, DeviceStatus::Active);
    assert!(
        detail.twin.problems.iter().any(|problem| problem.kept && problem.code == ProblemCode::TypeConflict)
    );
    world.stop().await;
}

#[tokio::test]
async fn a_deleted_device_stays_away() {
    let mut world = World::new().await;
    world.start();
    let (gone, here) = (world.add("Hall").await.id, world.add("Cellar").await.id);
    world.event(gone).await;
    world.devices.delete(&world.scope, gone).await.unwrap();
    world.event(gone).await;
    world.restart().await;
    world.event(here).await;
    world.until(here, |detail| detail.twin.counters.events == 1).await;
    assert!(world.devices.get(&world.scope, gone).await.is_err());
    assert_eq!(world.devices.counts(&world.scope).unwrap().total, 1);
    world.stop().await;
}
