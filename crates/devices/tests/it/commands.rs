//! Commands: delivered, answered, expired.

use devices::{CommandStatus, NewCommand};
use model::{Body, CommandId, Reply, TenantId};
use serde_json::json;
use store::PageRequest;

use crate::world::{NOW, World, eventually};

fn reboot() -> NewCommand {
    NewCommand { name: "reboot".into(), params: json!({"in": 5}), timeout_seconds: Some(60) }
}

async fn until(world: &World, id: CommandId, status: CommandStatus) -> devices::Command {
    eventually(async || world.devices.command(&world.scope, id).await.unwrap().status == status).await;
    world.devices.command(&world.scope, id).await.unwrap()
}

#[tokio::test]
async fn a_command_is_delivered_and_answered_once() {
    let mut world = World::new().await;
    world.start();
    let device = world.add("Hall").await.id;
    *world.link.subscribed.lock() = true;
    let sent = world.devices.send_command(&world.scope, device, reboot()).await.unwrap();
    assert_eq!(sent.status, CommandStatus::Delivered);
    let (to, topic, payload) = world.link.delivered.lock()[0].clone();
    assert_eq!((to, topic), (device, format!("commands/{}", sent.id)));
    let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(payload, json!({"id": sent.id, "name": "reboot", "params": {"in": 5}}));
    for answer in ["{\"ok\":true}", "{\"ok\":false}"] {
        world.append(device, Body::Reply(Reply { command: sent.id, json: answer.into() })).await;
    }
    let answered = until(&world, sent.id, CommandStatus::Answered).await;
    assert_eq!(answered.reply, Some(json!({"ok": true})));
    let page = world.devices.commands(&world.scope, device, PageRequest::default()).await.unwrap();
    assert_eq!(page.items.len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_reply_to_what_was_never_sent_is_a_problem_of_its_device() {
    let mut world = World::new().await;
    world.start();
    let (hall, cellar) = (world.add("Hall").await.id, world.add("Cellar").await.id);
    *world.link.subscribed.lock() = true;
    let sent = world.devices.send_command(&world.scope, hall, reboot()).await.unwrap();
    let reply = |command| Body::Reply(Reply { command, json: "{\"ok\":true}".into() });
    world.append(cellar, reply(sent.id)).await;
    world.append(cellar, reply(CommandId::generate())).await;
    for _ in 0..2 {
        world.append(hall, reply(sent.id)).await;
    }
    until(&world, sent.id, CommandStatus::Answered).await;
    let count = async |device| world.get(device).await.item.problems;
    eventually(async || count(cellar).await == 2).await;
    assert_eq!(count(hall).await, 0, "its own command, answered twice");
    world.stop().await;
}

#[tokio::test]
async fn it_waits_for_a_device_that_is_away() {
    let mut world = World::new().await;
    world.start();
    let device = world.add("Hall").await.id;
    let sent = world.devices.send_command(&world.scope, device, reboot()).await.unwrap();
    assert_eq!(sent.status, CommandStatus::Sent);
    world.connect(device).await;
    *world.link.subscribed.lock() = true;
    until(&world, sent.id, CommandStatus::Delivered).await;
    world.pass(61);
    until(&world, sent.id, CommandStatus::Expired).await;
    assert_eq!(world.link.delivered.lock().len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn it_counts_as_delivered_when_the_device_says_so() {
    let mut world = World::new().await;
    world.start();
    let device = world.add("Hall").await.id;
    (*world.link.subscribed.lock(), *world.link.assured.lock()) = (true, true);
    let sent = world.devices.send_command(&world.scope, device, reboot()).await.unwrap();
    assert_eq!(sent.status, CommandStatus::Sent);
    world.devices.acknowledged(TenantId::generate(), &format!("commands/{}", sent.id));
    world.devices.acknowledged(world.scope.tenant(), "commands/none");
    world.devices.acknowledged(world.scope.tenant(), &format!("commands/{}", sent.id));
    let delivered = until(&world, sent.id, CommandStatus::Delivered).await;
    assert_eq!(delivered.delivered_at, Some(NOW));
    world.stop().await;
}

#[tokio::test]
async fn commands_that_waited_go_in_the_order_in_which_they_were_sent() {
    let mut world = World::new().await;
    world.start();
    let device = world.add("Hall").await.id;
    let mut sent = Vec::new();
    // The later one is the more urgent.
    for seconds in [600, 300, 100] {
        let new = NewCommand { timeout_seconds: Some(seconds), ..reboot() };
        sent.push(world.devices.send_command(&world.scope, device, new).await.unwrap().id);
        world.pass(1);
    }
    *world.link.subscribed.lock() = true;
    sent.push(world.devices.send_command(&world.scope, device, reboot()).await.unwrap().id);
    let topics: Vec<_> = world.link.delivered.lock().iter().map(|(_, topic, _)| topic.clone()).collect();
    let expected: Vec<_> = sent.iter().map(|id| format!("commands/{id}")).collect();
    assert_eq!(topics, expected);
    world.stop().await;
}

#[tokio::test]
async fn what_is_no_command_is_refused() {
    let world = World::new().await;
    let device = world.add("Hall").await.id;
    for new in [
        NewCommand::default(),
        NewCommand { name: "re boot".into(), ..reboot() },
        NewCommand { timeout_seconds: Some(0), ..reboot() },
        NewCommand { params: json!("x".repeat(70_000)), ..reboot() },
    ] {
        assert!(world.devices.send_command(&world.scope, device, new).await.is_err());
    }
}
