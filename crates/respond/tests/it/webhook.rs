//! Webhooks, received by a real HTTP server and verified by the public library of Standard Webhooks.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use model::{Phrase, Role, Severity};
use respond::{ChannelKind, NoticeFilter, NotifierConfig};
use standardwebhooks::Webhook;
use tokio::sync::mpsc;

use crate::channels::{input, service};
use crate::databases;
use crate::fixture::{TestClock, found, opened, person, tenant};

type Received = (HeaderMap, Bytes);
type Shared = Arc<(mpsc::UnboundedSender<Received>, std::sync::Mutex<Vec<u16>>)>;

pub struct Receiver {
    pub url: String,
    pub received: mpsc::UnboundedReceiver<Received>,
}

/// Answers each request with the next of these statuses, and 204 from then on.
pub async fn receiver(answers: Vec<u16>) -> Receiver {
    let (sender, received) = mpsc::unbounded_channel();
    let state = Arc::new((sender, std::sync::Mutex::new(answers)));
    let handle = async |State(state): State<Shared>, headers: HeaderMap, body: Bytes| -> Response {
        state.0.send((headers, body)).unwrap();
        let mut answers = state.1.lock().unwrap();
        let status = if answers.is_empty() { 204 } else { answers.remove(0) };
        let status = StatusCode::from_u16(status).unwrap();
        if status.is_redirection() {
            return (status, [(header::LOCATION, "/elsewhere")]).into_response();
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            return (status, [(header::RETRY_AFTER, "1800")]).into_response();
        }
        (status, "the\u{7} answer".to_owned() + &"x".repeat(100_000)).into_response()
    };
    let router =
        Router::new().route("/hook", post(handle)).route("/elsewhere", post(handle)).with_state(state);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    Receiver { url, received }
}

/// The library refuses old time stamps, so that these tests run on the present time.
fn now() -> TestClock {
    let clock = TestClock::new();
    let present = model::Clock::now(&model::SystemClock);
    clock.advance(present.since(model::Clock::now(&clock)));
    clock
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_is_signed_and_tried_again_until_it_is_taken() {
    let place = databases::sqlite().await;
    let clock = now();
    let mut receiver = receiver(vec![500]).await;
    let tenant = tenant(&place.store).await;
    let owner = person(&place.store, tenant, Role::Owner).await;
    let config =
        NotifierConfig { public_url: Some("https://security.example.org/".into()), ..Default::default() };
    let (channels, notifier) = service(&place.store, &config, &clock);
    let made = channels.create(&owner, &input(ChannelKind::Webhook, &receiver.url)).await.unwrap();
    let incidents = respond::Incidents::new(place.store.clone(), Arc::new(clock.clone()));
    incidents
        .consume(&[found(tenant, model::RuleId::generate(), model::DeviceId::generate(), Severity::High)])
        .await
        .unwrap();
    // Consumed at another time than now: the queue is what counts.
    assert_eq!(notifier.deliver_due().await.unwrap(), 1);
    let (first, _) = receiver.received.recv().await.unwrap();
    let listed = channels.notices(&owner, &NoticeFilter::default(), &Default::default()).await.unwrap().items;
    assert_eq!((listed[0].status.as_str(), listed[0].attempts), ("pending", 1));
    let error = Phrase::from(listed[0].last_error.clone().unwrap());
    assert_eq!(error.code(), "webhook_refused");
    let text = error.text();
    assert!(text.contains("500") && text.contains("the  answer") && text.len() < 400, "{text}");
    assert_eq!(notifier.deliver_due().await.unwrap(), 0);
    clock.advance(Duration::from_secs(13));
    let secret = made.secret.unwrap();
    let rotated = channels.rotate_secret(&owner, made.channel.id).await.unwrap().secret.unwrap();
    assert_eq!(notifier.deliver_due().await.unwrap(), 1);
    let (headers, body) = receiver.received.recv().await.unwrap();
    assert_eq!(headers["webhook-id"], first["webhook-id"]);
    for secret in [secret, rotated] {
        Webhook::new(&secret).unwrap().verify(&body, &headers).unwrap();
    }
    let event: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(event["type"], "incident.opened");
    assert_eq!(event["data"]["severity"], "high");
    let url = event["data"]["url"].as_str().unwrap();
    assert!(url.starts_with("https://security.example.org/incidents/"), "{url}");
    let listed = channels.notices(&owner, &NoticeFilter::default(), &Default::default()).await.unwrap().items;
    assert_eq!((listed[0].status.as_str(), listed[0].attempts), ("sent", 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redirects_are_not_followed_and_gone_means_gone() {
    let place = databases::sqlite().await;
    let clock = now();
    let mut receiver = receiver(vec![307, 410]).await;
    let tenant = tenant(&place.store).await;
    let owner = person(&place.store, tenant, Role::Owner).await;
    let (channels, notifier) = service(&place.store, &NotifierConfig::default(), &clock);
    let made = channels.create(&owner, &input(ChannelKind::Webhook, &receiver.url)).await.unwrap();
    let test = channels.test(&owner, made.channel.id).await.unwrap();
    assert!(
        !test.ok && test.detail.text().contains("307") && test.detail.text().contains("not followed"),
        "{test:?}"
    );
    receiver.received.recv().await.unwrap();
    assert!(receiver.received.try_recv().is_err());
    let incidents = respond::Incidents::new(place.store.clone(), Arc::new(clock.clone()));
    let hot = found(tenant, model::RuleId::generate(), model::DeviceId::generate(), Severity::High);
    let mild = found(tenant, model::RuleId::generate(), model::DeviceId::generate(), Severity::Informational);
    incidents.consume(&[hot, mild]).await.unwrap();
    assert_eq!(
        notifier.deliver_due().await.unwrap(),
        1,
        "the mild one is below the channel's least severity"
    );
    let listed = channels.notices(&owner, &NoticeFilter::default(), &Default::default()).await.unwrap().items;
    assert_eq!((listed.len(), listed[0].status.as_str()), (1, "failed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_asks_for_a_pause_gets_it() {
    let place = databases::sqlite().await;
    let clock = now();
    let receiver = receiver(vec![429]).await;
    let tenant = tenant(&place.store).await;
    let owner = person(&place.store, tenant, Role::Owner).await;
    let (channels, notifier) = service(&place.store, &NotifierConfig::default(), &clock);
    channels.create(&owner, &input(ChannelKind::Webhook, &receiver.url)).await.unwrap();
    let incidents = respond::Incidents::new(place.store.clone(), Arc::new(clock.clone()));
    let hot = found(tenant, model::RuleId::generate(), model::DeviceId::generate(), Severity::High);
    incidents.consume(&[hot]).await.unwrap();
    assert_eq!(notifier.deliver_due().await.unwrap(), 1);
    clock.advance(Duration::from_secs(1799));
    assert_eq!(notifier.deliver_due().await.unwrap(), 0);
    clock.advance(Duration::from_secs(1));
    assert_eq!(notifier.deliver_due().await.unwrap(), 1);
    let listed = channels.notices(&owner, &NoticeFilter::default(), &Default::default()).await.unwrap().items;
    assert_eq!((listed[0].status.as_str(), listed[0].attempts), ("sent", 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_says_precisely_what_failed() {
    let place = databases::sqlite().await;
    let clock = now();
    let (owner, _, _) = opened(&place.store, &clock, Severity::Low).await;
    let (channels, _) = service(&place.store, &NotifierConfig::default(), &clock);
    let closed =
        channels.create(&owner, &input(ChannelKind::Webhook, "http://127.0.0.1:9/hook")).await.unwrap();
    let test = channels.test(&owner, closed.channel.id).await.unwrap();
    assert!(!test.ok && test.detail.text().to_lowercase().contains("refused"), "{test:?}");
    let receiver = receiver(Vec::new()).await;
    let open = channels.create(&owner, &input(ChannelKind::Webhook, &receiver.url)).await.unwrap();
    let test = channels.test(&owner, open.channel.id).await.unwrap();
    assert!(test.ok && test.detail.text().contains("204"), "{test:?}");
}
