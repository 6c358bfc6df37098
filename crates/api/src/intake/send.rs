use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use devices::Identity;
use ingest::{Message, Source, Verdict, topic};
use model::{ProblemCode, phrase};
use serde::Serialize;
use utoipa::ToSchema;

use super::device::Sender;
use crate::extract::{Body, Json};
use crate::problem::Problem;
use crate::state::Api;
use crate::stream::spelled;

/// It is durable.
#[derive(Serialize, ToSchema)]
pub struct Receipt {
    /// How many rows it made.
    accepted: usize,
    /// What was adapted on the way.
    notes: Vec<String>,
}

/// Send measurements
///
/// `{"temperature":21.5}`, `{"ts":<milliseconds>,"values":{…}}`, or an array of those, as over MQTT.
#[utoipa::path(post, path = "/telemetry", operation_id = "send_telemetry", tag = "intake", request_body = Value, responses(
    (status = 200, description = "Stored", body = Receipt),
    (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "Not stored as data; kept as a problem of the device", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Not stored; send it again later", body = Problem, content_type = "application/problem+json"),
))]
pub async fn telemetry(
    State(api): State<Api>,
    Sender(device): Sender,
    body: Result<Body, Problem>,
) -> Result<Json<Receipt>, Problem> {
    accept(&api, &device, topic::TELEMETRY, body).await
}

/// Send a security event
///
/// Any JSON object, as over MQTT.
#[utoipa::path(post, path = "/events", operation_id = "send_event", tag = "intake", request_body = Object, responses(
    (status = 200, description = "Stored", body = Receipt),
    (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "Not stored as an event; kept as a problem of the device", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Not stored; send it again later", body = Problem, content_type = "application/problem+json"),
))]
pub async fn events(
    State(api): State<Api>,
    Sender(device): Sender,
    body: Result<Body, Problem>,
) -> Result<Json<Receipt>, Problem> {
    accept(&api, &device, topic::EVENTS, body).await
}

pub fn source(device: &Identity) -> Source {
    Source { tenant: device.tenant, device: device.device, profile: device.profile.clone() }
}

/// As over MQTT, whoever looks at the device is told why nothing of it arrives.
async fn note_oversized(api: &Api, device: &Identity, topic: &str, problem: &Problem) {
    if problem.status != StatusCode::PAYLOAD_TOO_LARGE.as_u16() {
        return;
    }
    let said = problem.detail_phrase.as_ref().and_then(|phrase| phrase.params.get("most")?.as_u64());
    let detail = phrase!(
        "http_body_too_large",
        "a body that came over HTTP was larger than the {most} bytes that a request may have; send less at once, in several requests",
        most = said.unwrap_or_default(),
    );
    let report = api.ingest.report(&source(device), ProblemCode::TooLarge, topic, &detail, &Bytes::new());
    if let Err(error) = report.await {
        tracing::debug!(%error, device.id = %device.device, "an oversized body is counted, and recorded later");
    }
}

async fn accept(
    api: &Api,
    device: &Identity,
    topic: &str,
    body: Result<Body, Problem>,
) -> Result<Json<Receipt>, Problem> {
    let payload = match body {
        Ok(Body(payload)) => payload,
        Err(problem) => {
            note_oversized(api, device, topic, &problem).await;
            return Err(problem);
        }
    };
    let message = Message { topic: topic.into(), payload, identity: None };
    let verdicts = api.ingest.accept(&source(device), vec![message]).await.map_err(|error| {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "journal_unavailable",
            &phrase!("nothing_stored", "Nothing was stored: {error}.", error = error.phrase()),
        )
        .hint(&phrase!("send_again_later", "Send it again later."))
    })?;
    match verdicts.into_iter().next() {
        Some(Verdict::Accepted { points, notes }) => Ok(Json(Receipt { accepted: points, notes })),
        Some(Verdict::Refused { code: ProblemCode::TooLarge, explanation }) => {
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", &explanation))
        }
        Some(Verdict::Refused { code, explanation }) => Err(Problem::invalid(&spelled(&code), &explanation)),
        Some(Verdict::Retransmitted) | None => Ok(Json(Receipt { accepted: 0, notes: Vec::new() })),
    }
}
