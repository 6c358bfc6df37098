//! Messages through the door: records, verdicts, order, durability.

use futures::FutureExt;
use ingest::Verdict;
use model::{Body, CommandId, ProblemCode};

use crate::world::{Disk, NOW, World, message};

#[tokio::test]
async fn a_batch_is_one_append_in_order() {
    let world = World::new().await;
    let command = CommandId::generate();
    let verdicts = world
        .send_all(vec![
            message("telemetry", "{\"temperature\":21.5}", Some((1, false))),
            message("events", "{\"action\":\"login\"}", Some((2, false))),
            message("telemetry", "nonsense", Some((3, false))),
            message(&format!("commands/{command}/reply"), "{\"ok\":true}", Some((4, false))),
        ])
        .await;
    assert!(matches!(verdicts[0], Verdict::Accepted { points: 1, .. }));
    assert!(matches!(verdicts[2], Verdict::Refused { code: ProblemCode::MalformedJson, .. }));
    let bodies = world.bodies();
    assert!(matches!(&bodies[0], Body::Telemetry(telemetry) if telemetry.profile == "thermostat"));
    assert!(matches!(&bodies[1], Body::Event(event) if event.json == "{\"action\":\"login\"}"));
    assert!(
        matches!(&bodies[2], Body::Problem(problem) if problem.count == 1 && problem.sample == "nonsense")
    );
    assert!(matches!(&bodies[3], Body::Reply(reply) if reply.command == command));
}

#[tokio::test]
async fn nothing_is_answered_before_it_is_durable() {
    let world = World::new().await;
    world.journal.set(Disk::Hangs);
    let mut answer = world.ingest.accept(&world.source, vec![message("telemetry", "{\"a\":1}", None)]);
    assert!((&mut answer).now_or_never().is_none());
    let mut refusal = world.ingest.accept(&world.source, vec![message("nowhere", "x", None)]);
    assert!((&mut refusal).now_or_never().is_none(), "a refusal is recorded first, too");
    world.journal.set(Disk::Works);
    assert!(answer.await.is_ok());
    assert!(refusal.await.unwrap()[0].is_refused());
}

#[tokio::test]
async fn a_full_disk_acknowledges_nothing() {
    let world = World::new().await;
    world.journal.set(Disk::Fails);
    let refused = world.ingest.accept(&world.source, vec![message("telemetry", "{\"a\":1}", None)]).await;
    assert!(refused.is_err());
    world.journal.set(Disk::Works);
    world.send("telemetry", "{\"a\":1}").await;
    assert_eq!(world.points().len(), 1);
}

#[tokio::test]
async fn the_server_gives_each_message_its_own_time() {
    let world = World::new().await;
    world.send("telemetry", "[{\"a\":1},{\"a\":2}]").await;
    world.send("telemetry", "{\"a\":3}").await;
    world.pass(-5_000);
    world.send("telemetry", "{\"a\":4}").await;
    let times: Vec<_> = world.points().iter().map(|point| point.ts.as_micros() - NOW.as_micros()).collect();
    assert_eq!(times, [0, 1, 2, 3]);
}

#[tokio::test]
async fn unknown_topics_are_told_the_known_ones() {
    let world = World::new().await;
    for (topic, said) in [
        ("v1/devices/me/telemetry", "Did you mean \"telemetry\"?"),
        ("Event", "Did you mean \"events\"?"),
        ("temperature", "Publish to telemetry"),
        ("commands/7/reply", "not the id of a command"),
    ] {
        let Verdict::Refused { code, explanation } = world.send(topic, "{\"a\":1}").await else {
            panic!("{topic}")
        };
        assert_eq!(code, ProblemCode::UnknownTopic);
        assert!(explanation.text().contains(said), "{explanation}");
    }
}

#[tokio::test]
async fn figures_count_everything() {
    let world = World::new().await;
    world.send("telemetry", "[{\"a\":1},{\"a\":2}]").await;
    world.send("events", "{\"a\":1}").await;
    world.send("events", "[]").await;
    let stats = world.ingest.stats();
    assert_eq!((stats.accepted, stats.points, stats.events, stats.refused), (2, 2, 1, 1));
    assert_eq!(stats.problems[&ProblemCode::WrongShape], 1);
}

#[tokio::test]
async fn measurements_in_a_row_are_one_record() {
    let world = World::new().await;
    world
        .send_all(vec![
            message("telemetry", "{\"a\":1,\"b\":2}", Some((1, false))),
            message("telemetry", "[{\"a\":3},{\"a\":4}]", None),
            message("telemetry", "nonsense", Some((2, false))),
            message("telemetry", "{\"b\":5}", Some((3, false))),
        ])
        .await;
    let bodies = world.bodies();
    let [Body::Telemetry(first), Body::Problem(_), Body::Telemetry(second)] = &bodies[..] else {
        panic!("{bodies:?}");
    };
    let packet_ids = |telemetry: &model::Telemetry| {
        telemetry.identities.iter().map(|identity| identity.packet_id).collect::<Vec<_>>()
    };
    assert_eq!((first.messages, first.points.len(), packet_ids(first)), (2, 3, vec![1]));
    assert_eq!((second.messages, second.points.len(), packet_ids(second)), (1, 1, vec![3]));
}
