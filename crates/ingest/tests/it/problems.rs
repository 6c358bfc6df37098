//! Problems: recorded singly at most once a second, counted always.

use bytes::Bytes;
use ingest::{Message, Verdict};
use model::{Phrase, ProblemCode};

use crate::world::{Disk, World};

#[tokio::test]
async fn a_flood_is_recorded_in_a_few_records_that_count_it_all() {
    let world = World::new().await;
    for _ in 0..500 {
        world.send("telemetry", "{").await;
        world.pass(10);
    }
    world.pass(1_000);
    world.ingest.settle().await.unwrap();
    let problems = world.problems();
    assert!(problems.len() <= 7, "{}", problems.len());
    assert_eq!(problems.iter().map(|problem| problem.count).sum::<u64>(), 500);
}

#[tokio::test]
async fn kinds_of_problems_do_not_hide_each_other() {
    let world = World::new().await;
    world.send("telemetry", "{").await;
    world.send("telemetry", "5").await;
    world.send("other", "5").await;
    assert_eq!(world.problems().len(), 3);
}

#[tokio::test]
async fn a_held_count_is_recorded_though_nothing_more_comes() {
    let world = World::new().await;
    world.send("telemetry", "{").await;
    world.send("telemetry", "{{").await;
    assert_eq!(world.problems().len(), 1);
    world.ingest.settle().await.unwrap();
    assert_eq!(world.problems().len(), 1, "not yet");
    world.pass(1_000);
    world.ingest.settle().await.unwrap();
    let problems = world.problems();
    assert_eq!((problems.len(), problems[1].count, &problems[1].sample[..]), (2, 1, &b"{{"[..]));
}

#[tokio::test]
async fn a_text_where_a_number_was_is_kept_and_said() {
    let world = World::new().await;
    world.send("telemetry", "{\"temperature\":21.5}").await;
    let Verdict::Accepted { points: 1, notes } = world.send("telemetry", "{\"temperature\":\"hot\"}").await
    else {
        panic!()
    };
    assert!(notes[0].contains("kept as temperature_text"), "{notes:?}");
    let problems = world.problems();
    assert_eq!(problems[0].code, ProblemCode::TypeConflict);
    assert_eq!(world.points().len(), 2);
}

#[tokio::test]
async fn an_event_with_a_wrong_clock_is_kept() {
    let world = World::new().await;
    let verdict = world.send("events", "{\"ts\":5,\"action\":\"tamper\"}").await;
    assert!(matches!(verdict, Verdict::Accepted { .. }));
    assert_eq!(world.problems()[0].code, ProblemCode::TimestampOutOfRange);
}

#[tokio::test]
async fn others_report_problems_too_and_samples_are_short() {
    let world = World::new().await;
    let payload = Bytes::from(vec![b'x'; 5_000]);
    world
        .ingest
        .report(&world.source, ProblemCode::NotAllowed, "a/b", &Phrase::plain("no"), &payload)
        .await
        .unwrap();
    assert_eq!(world.problems()[0].sample.len(), 1024);
}

#[tokio::test]
async fn counts_that_a_full_disk_refused_go_on_with_the_next_record() {
    let world = World::new().await;
    world.send("telemetry", "{").await;
    world.send("telemetry", "{").await;
    world.send("telemetry", "{").await;
    world.pass(1_000);
    world.journal.set(Disk::Fails);
    let fourth = Message { topic: "telemetry".into(), payload: Bytes::from_static(b"{"), identity: None };
    world.ingest.accept(&world.source, vec![fourth]).await.unwrap_err();
    world.pass(1_000);
    world.ingest.settle().await.unwrap_err();
    let no = Bytes::from_static(b"no");
    world
        .ingest
        .report(&world.source, ProblemCode::WrongPassword, "", &model::Phrase::plain("no"), &no)
        .await
        .unwrap_err();
    world.pass(1_000);
    world.ingest.settle().await.unwrap_err();
    world.journal.set(Disk::Works);
    world.pass(1_000);
    world.ingest.settle().await.unwrap();
    let counted = |code| {
        let problems = world.problems().into_iter().filter(|problem| problem.code == code);
        problems.map(|problem| problem.count).sum::<u64>()
    };
    assert_eq!(counted(ProblemCode::MalformedJson), 3);
    assert_eq!(counted(ProblemCode::WrongPassword), 1);
    world.pass(1_000);
    world.ingest.settle().await.unwrap();
    assert_eq!(counted(ProblemCode::MalformedJson), 3, "once");
}

#[tokio::test]
async fn values_that_took_the_place_of_others_are_a_problem() {
    let world = World::new().await;
    for payload in ["{\"T\":1,\"t\":2}", "{\"a\":1,\"a\":2}", "{\"\":1,\"_\":2}"] {
        assert!(matches!(world.send("telemetry", payload).await, Verdict::Accepted { points: 1, .. }));
        world.pass(2_000);
    }
    let problems = world.problems();
    assert_eq!(problems.len(), 3);
    assert!(problems.iter().all(|problem| problem.code == ProblemCode::FieldsCollide));
    assert!(problems[0].detail.text().starts_with("t: several values"), "{}", problems[0].detail);
    assert!(problems[2].detail.text().starts_with("_: several values"), "{}", problems[2].detail);
    world.send("telemetry", "{\"T\":1,\"u\":2}").await;
    assert_eq!(world.problems().len(), 3);
}

#[tokio::test]
async fn a_whole_number_that_is_rounded_is_noted() {
    let world = World::new().await;
    for (payload, noted) in [
        ("{\"serial\":9007199254740993}", true),
        ("{\"serial\":-9007199254740993}", true),
        ("{\"serial\":9007199254740992}", false),
        ("{\"serial\":1000000000000000000}", false),
        ("{\"serial\":0.1234567890123456789}", false),
    ] {
        let Verdict::Accepted { notes, .. } = world.send("telemetry", payload).await else { panic!() };
        assert_eq!(notes.iter().any(|note| note.contains("rounded")), noted, "{payload}: {notes:?}");
    }
}
