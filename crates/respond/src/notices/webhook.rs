//! A notice as a signed POST, after Standard Webhooks.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use model::{Explained as _, Phrase, Timestamp, phrase};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, StatusCode, redirect};
use serde_json::{Value as Json, json};
use store::channels::Channel;

use super::signature;
use super::smtp::reasons;
use super::wording::Story;
use super::{Failure, backoff};
use crate::channels::target;

const CONNECT: Duration = Duration::from_secs(5);
const TOTAL: Duration = Duration::from_secs(15);
/// So much of an answer is read, for the error that people see.
const ANSWER: usize = 2048;

/// Redirects are not followed: the one who set the target meant this one, and the signature is for them.
pub fn client() -> Result<Client, reqwest::Error> {
    Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT)
        .timeout(TOTAL)
        .no_proxy()
        .dns_resolver(Arc::new(CheckedNames))
        .user_agent(concat!("SmartSecurity/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Resolves names, and refuses those that lead to addresses that no notice may go to.
struct CheckedNames;

impl Resolve for CheckedNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            match found.iter().find_map(|address| target::refusal(address.ip())) {
                Some(why) => Err(why.to_string().into()),
                None => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

/// What the other side answered.
pub async fn deliver(
    client: &Client,
    channel: &Channel,
    id: &str,
    story: &Story<'_>,
    now: Timestamp,
) -> Result<Phrase, Failure> {
    let url = target::url(&channel.target).map_err(|error| Failure::permanent(error.phrase()))?;
    let body = payload(story).to_string();
    let timestamp = now.as_micros().div_euclid(1_000_000);
    let previous = channel
        .previous_secret
        .as_deref()
        .filter(|_| channel.previous_secret_until.is_some_and(|until| now < until));
    let signatures =
        signature::header(channel.secret.as_deref().into_iter().chain(previous), id, timestamp, &body);
    let sent = client
        .post(url)
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signatures)
        .body(body)
        .send()
        .await
        .map_err(|error| {
            Failure::passing(phrase!(
                "webhook_unreachable",
                "the webhook was not reached: {error}",
                error = reasons(&error.without_url()),
            ))
        })?;
    let status = sent.status();
    if status.is_success() {
        return Ok(answered(status));
    }
    let retry_after = retry_after(&sent, now);
    let answer = answer(sent).await;
    let detail = if status.is_redirection() {
        phrase!(
            "webhook_redirects",
            "the webhook answered {status}; redirects are not followed, so set the final address as the target",
            status = status.to_string(),
        )
    } else if answer.is_empty() {
        answered(status)
    } else {
        phrase!(
            "webhook_refused",
            "the webhook answered {status}: {answer}",
            status = status.to_string(),
            answer = answer,
        )
    };
    // By Standard Webhooks, 410 means: never again.
    Err(if status == StatusCode::GONE {
        Failure::permanent(detail)
    } else {
        Failure { retry_after, ..Failure::passing(detail) }
    })
}

/// How long one that has too much to do asks to be left alone.
fn retry_after(response: &reqwest::Response, now: Timestamp) -> Option<Duration> {
    if !matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return None;
    }
    backoff::asked(response.headers().get(RETRY_AFTER)?.to_str().ok()?, now)
}

fn answered(status: StatusCode) -> Phrase {
    phrase!("webhook_answered", "the webhook answered {status}", status = status.to_string())
}

async fn answer(response: reqwest::Response) -> String {
    let mut bytes = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(Ok(chunk)) = stream.next().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= ANSWER {
            break;
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect::<String>().trim().to_owned()
}

fn payload(story: &Story<'_>) -> Json {
    let incident = story.incident;
    let text = story.tell();
    let data = if story.kind == super::NoticeKind::Test {
        json!({ "text": text.greeting })
    } else {
        json!({
            "text": text.subject,
            "id": incident.id,
            "number": incident.number,
            "title": incident.title,
            "severity": incident.severity,
            "status": incident.status,
            "device": { "id": incident.device, "name": incident.device_name },
            "rule": { "id": incident.rule, "name": incident.rule_name },
            "finding": story.found.map(|found| json!({ "title": found.title, "evidence": found.evidence })),
            "findings": incident.findings,
            "opened_at": incident.opened_at,
            "resolved_at": incident.resolved_at,
            "url": story.link,
        })
    };
    let kind = if story.kind == super::NoticeKind::Test {
        "test".to_owned()
    } else {
        format!("incident.{}", story.kind.as_str())
    };
    json!({ "type": kind, "timestamp": story.at, "data": data })
}
