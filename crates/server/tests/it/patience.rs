//! Clients of the HTTP listener that take their time: they lose their place, and nobody else does.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::json;
use testbed::{DEADLINE, Server, eventually};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::live::Live;
use crate::ops::metric;

const SLOW: usize = 200;

fn address(server: &Server) -> String {
    server.http().replacen("http://", "", 1)
}

/// Sends a head without end, a byte at a time, until the server has enough. Returns how long that took.
async fn trickle(address: String) -> Duration {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let started = Instant::now();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.unwrap();
    let mut answer = [0; 64];
    loop {
        tokio::select! {
            read = stream.read(&mut answer) => match read {
                Ok(0) | Err(_) => return started.elapsed(),
                Ok(_) => {}
            },
            () = tokio::time::sleep(Duration::from_millis(100)) => {
                if stream.write_all(b"x").await.is_err() {
                    return started.elapsed();
                }
            }
        }
    }
}

async fn healthy(server: &Server) -> Duration {
    let started = Instant::now();
    // A client of its own each time: another connection.
    let http = reqwest::Client::builder().no_proxy().timeout(DEADLINE).build().unwrap();
    let answer = http.get(format!("{}/healthz", server.http())).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_slow_heads_stop_nobody_and_are_ended_in_time() {
    let builder = Server::builder().env("SMARTSECURITY_HTTP__HEAD_TIMEOUT_SECONDS", "3");
    let server = builder.start().await.unwrap();
    let mut slow = JoinSet::new();
    for _ in 0..SLOW {
        slow.spawn(trickle(address(&server)));
    }
    eventually("all of them are connected", DEADLINE, async || {
        (metric(&server, "http_connections").await >= SLOW as u64).then_some(())
    })
    .await
    .unwrap();
    assert!(healthy(&server).await < Duration::from_secs(3), "it does not wait for them");
    while let Some(took) = slow.join_next().await {
        let took = took.unwrap();
        assert!((2..30).contains(&took.as_secs()), "{took:?}");
    }
    assert!(metric(&server, "http_connections").await < 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_all_places_are_taken_a_good_client_waits_its_turn() {
    let builder = Server::builder().env("SMARTSECURITY_HTTP__HEAD_TIMEOUT_SECONDS", "2");
    let server = builder.env("SMARTSECURITY_HTTP__MAX_CONNECTIONS", "20").start().await.unwrap();
    let mut slow = JoinSet::new();
    for _ in 0..30 {
        slow.spawn(trickle(address(&server)));
    }
    server.logged("all HTTP connections are taken").await.unwrap();
    assert!(metric(&server, "http_connections").await <= 20);
    healthy(&server).await;
    while slow.join_next().await.is_some() {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_may_rest_between_requests_for_a_while_and_a_stream_for_ever() {
    let builder = Server::builder().env("SMARTSECURITY_HTTP__IDLE_TIMEOUT_SECONDS", "2");
    let server = builder.env("SMARTSECURITY_HTTP__HEAD_TIMEOUT_SECONDS", "2").start().await.unwrap();
    let api = server.api().await.unwrap();
    let device = api.create_device("Oven", "oven").await.unwrap();
    let mut live = Live::open(&api, "?topics=values").await.unwrap();
    live.next_of(&["hello"]).await;

    let mut stream = TcpStream::connect(address(&server)).await.unwrap();
    let started = Instant::now();
    let mut answers = Vec::new();
    for _ in 0..2 {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let wanted = answers.len() + 1;
        while answers.len() < wanted || !answers.ends_with(b"alive\n") {
            assert!(stream.read_buf(&mut answers).await.unwrap() > 0, "kept alive");
        }
    }
    assert_eq!(
        tokio::time::timeout(DEADLINE, stream.read(&mut [0; 8])).await.expect("it is ended").unwrap_or(0),
        0
    );
    assert!(started.elapsed() >= Duration::from_millis(1_500), "{:?}", started.elapsed());

    // As old as that connection, and upgraded: it goes on.
    api.post_as(&device, "/telemetry", &json!({"n": 1})).await.unwrap();
    assert_eq!(live.next_of(&["values"]).await["values"]["n"], 1.0);
    live.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_nothing_of_its_answers_loses_its_place() {
    let builder = Server::builder().env("SMARTSECURITY_HTTP__STALL_TIMEOUT_SECONDS", "2");
    let server = builder.start().await.unwrap();
    let (mut answers, mut questions) = TcpStream::connect(address(&server)).await.unwrap().into_split();
    // Far more than the sockets between us hold; the server stops reading when it cannot write.
    let asking = tokio::spawn(async move {
        let question = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n";
        while questions.write_all(question).await.is_ok() {}
    });
    tokio::time::timeout(DEADLINE, asking).await.expect("it is disconnected").unwrap();
    assert!(healthy(&server).await < DEADLINE);
    eventually("its place is free", DEADLINE, async || {
        (metric(&server, "http_connections").await <= 1).then_some(())
    })
    .await
    .unwrap();
    // What was sent before is still there, and then nothing.
    let mut taken = Vec::new();
    drop(answers.read_to_end(&mut taken).await);
    assert!(taken.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_waits_for_answers_and_not_for_idle_connections() {
    let mut server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let mut idle = TcpStream::connect(address(&server)).await.unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let _live = Live::open(&api, "").await.unwrap();
    let asked = Instant::now();
    assert!(server.stop().await.unwrap().success());
    assert!(asked.elapsed() < Duration::from_secs(9), "{:?}", asked.elapsed());
    let said = server.log();
    assert!(!said.iter().any(|line| line.contains("did not finish in time")), "{said:?}");
}
