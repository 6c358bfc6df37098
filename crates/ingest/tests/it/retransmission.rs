//! A message that a client sends again is stored once.

use futures::FutureExt;
use ingest::{Message, Verdict};

use crate::world::{Disk, World, message};

fn plain(packet_id: u16, dup: bool) -> Message {
    message("telemetry", "{\"a\":1}", Some((packet_id, dup)))
}

fn timed(packet_id: u16, value: u32) -> Message {
    let payload = format!("{{\"ts\":1700000000000,\"values\":{{\"a\":{value}}}}}");
    message("telemetry", payload, Some((packet_id, false)))
}

/// The message, on another connection.
fn again(mut message: Message) -> Message {
    let identity = message.identity.as_mut().unwrap();
    identity.connection = identity.connection.checked_add(1).unwrap();
    message
}

async fn one(world: &World, message: Message) -> Verdict {
    world.send_all(vec![message]).await.remove(0)
}

#[tokio::test]
async fn marked_as_duplicate() {
    let world = World::new().await;
    assert!(matches!(one(&world, plain(7, false)).await, Verdict::Accepted { .. }));
    assert_eq!(one(&world, plain(7, true)).await, Verdict::Retransmitted);
    assert_eq!(world.points().len(), 1);
}

#[tokio::test]
async fn without_mark_only_what_has_its_own_time_and_comes_first_after_connecting() {
    let world = World::new().await;
    one(&world, plain(7, false)).await;
    assert!(
        matches!(one(&world, again(plain(7, false))).await, Verdict::Accepted { .. }),
        "the same value, measured again"
    );
    one(&world, timed(8, 1)).await;
    one(&world, timed(9, 1)).await;
    for number in 8..10 {
        assert_eq!(one(&world, again(timed(number, 1))).await, Verdict::Retransmitted);
    }
    let accepted = |verdict| matches!(verdict, Verdict::Accepted { .. });
    assert!(accepted(one(&world, again(timed(10, 1))).await), "equal rows are kept");
    assert!(accepted(one(&world, again(timed(8, 1))).await), "what was not acknowledged came first");
    assert!(accepted(one(&world, again(again(timed(8, 2)))).await), "a reused packet id");
}

/// Rows may be equal in every way, and a client's packet ids go round among the few that it has in flight.
#[tokio::test]
async fn equal_rows_on_one_connection_are_all_kept() {
    let world = World::new().await;
    for row in 0..1_000_u16 {
        let verdict = one(&world, timed(1 + row % 10, 1)).await;
        assert!(matches!(verdict, Verdict::Accepted { .. }), "{row}");
    }
    assert_eq!(world.points().len(), 1_000);
}

#[tokio::test]
async fn a_duplicate_of_what_never_arrived_is_stored() {
    let world = World::new().await;
    assert!(matches!(one(&world, plain(7, true)).await, Verdict::Accepted { .. }));
}

#[tokio::test]
async fn a_late_mark_may_mean_a_new_message() {
    let world = World::new().await;
    one(&world, plain(7, false)).await;
    world.pass(6 * 60 * 1000);
    assert!(
        matches!(one(&world, plain(7, true)).await, Verdict::Accepted { .. }),
        "the packet id was free again, and the first copy of a later message may have been lost on its way"
    );
}

#[tokio::test]
async fn recognised_after_a_crash() {
    let mut world = World::new().await;
    one(&world, timed(7, 1)).await;
    one(&world, message("events", "{\"a\":1}", Some((8, false)))).await;
    world.restart().await;
    assert_eq!(one(&world, timed(7, 1)).await, Verdict::Retransmitted);
    assert_eq!(one(&world, message("events", "{\"a\":1}", Some((8, true)))).await, Verdict::Retransmitted);
    assert_eq!(world.bodies().len(), 2);
}

#[tokio::test]
async fn answered_only_when_the_original_is_durable() {
    let world = World::new().await;
    world.journal.set(Disk::Hangs);
    drop(world.ingest.accept(&world.source, vec![plain(7, false)]));
    let mut again = world.ingest.accept(&world.source, vec![plain(7, true)]);
    assert!((&mut again).now_or_never().is_none());
    world.journal.set(Disk::Works);
    assert_eq!(again.await.unwrap(), [Verdict::Retransmitted]);
    assert_eq!(world.points().len(), 1);
}

#[tokio::test]
async fn an_original_that_failed_does_not_count() {
    let world = World::new().await;
    world.journal.set(Disk::Fails);
    assert!(world.ingest.accept(&world.source, vec![plain(7, false)]).await.is_err());
    world.journal.set(Disk::Works);
    assert!(matches!(one(&world, plain(7, true)).await, Verdict::Accepted { .. }));
    assert_eq!(world.points().len(), 1);
}

#[tokio::test]
async fn twice_in_one_batch() {
    let world = World::new().await;
    let verdicts = world.send_all(vec![plain(1, false), plain(1, true), plain(2, false)]).await;
    assert_eq!(verdicts[1], Verdict::Retransmitted);
    assert_eq!(world.points().len(), 2);
}

#[tokio::test]
async fn packet_ids_go_round_and_memory_does_not_grow() {
    let world = World::new().await;
    for round in 0..3_u32 {
        for packet_id in 1..=6_000_u16 {
            let value = round * 100_000 + u32::from(packet_id);
            drop(world.ingest.accept(&world.source, vec![timed(packet_id, value)]));
        }
    }
    assert_eq!(world.points().len(), 18_000);
    assert!(matches!(one(&world, timed(1, 200_001)).await, Verdict::Accepted { .. }), "beyond the window");
    let verdict = one(&world, again(timed(6_000, 206_000))).await;
    assert_eq!(verdict, Verdict::Retransmitted);
}
