//! The device that sends a request, recognised by its own credentials.

use std::net::SocketAddr;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use devices::{Authentication, Identity};
use model::{Phrase, ProblemCode, phrase};

use crate::problem::{Challenge, Problem};
use crate::state::Api;

/// A device whose credentials were right.
pub struct Sender(pub Identity);

impl FromRequestParts<Api> for Sender {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Self::Rejection> {
        let sender = recognise(parts, api).await;
        if sender.is_err() {
            api.refused_senders.count();
        }
        sender
    }
}

async fn recognise(parts: &Parts, api: &Api) -> Result<Sender, Problem> {
    let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(absent)?;
    let (scheme, value) = header.split_once(' ').ok_or_else(absent)?;
    let verdict = if scheme.eq_ignore_ascii_case("bearer") {
        api.devices.authenticate_token(value.trim().as_bytes())
    } else if scheme.eq_ignore_ascii_case("basic") {
        let bytes = STANDARD.decode(value.trim()).map_err(|_| absent())?;
        let text = String::from_utf8(bytes).map_err(|_| absent())?;
        let (username, password) = text.split_once(':').unwrap_or((text.as_str(), ""));
        api.devices.authenticate(username, Some(password.as_bytes()).filter(|password| !password.is_empty()))
    } else {
        return Err(absent());
    };
    let explanation = verdict.explanation();
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.map_or_else(|| "an unknown address".to_owned(), |address| address.to_string());
    match verdict {
        Authentication::Known(device) => Ok(Sender(device)),
        Authentication::WrongPassword { of } => {
            // The words that a refused MQTT connection gets: it is one problem to whoever looks into it.
            let detail = phrase!(
                "wrong_password_http",
                "a client at {address} came over HTTP with a wrong password: {explanation}",
                address = peer,
                explanation = explanation.clone(),
            );
            let report = api.ingest.report(
                &super::send::source(&of),
                ProblemCode::WrongPassword,
                parts.uri.path(),
                &detail,
                &Bytes::new(),
            );
            if let Err(error) = report.await {
                tracing::debug!(%error, device.id = %of.device, "a wrong password is counted, and recorded later");
            }
            Err(refused(&explanation))
        }
        Authentication::Unknown => {
            tracing::info!(peer, "a client came over HTTP with credentials that no device has");
            Err(refused(&explanation))
        }
    }
}

fn absent() -> Problem {
    let needed = phrase!("device_unauthenticated", "This needs a device's credentials.");
    challenge("device_unauthenticated", &needed).hint(&phrase!(
        "device_unauthenticated_hint",
        "Send its username and password as HTTP Basic, or its password alone as Bearer token.",
    ))
}

fn refused(explanation: &Phrase) -> Problem {
    challenge("device_credentials_wrong", explanation)
}

fn challenge(code: &'static str, detail: &Phrase) -> Problem {
    Problem { challenge: Challenge::Device, ..Problem::new(StatusCode::UNAUTHORIZED, code, detail) }
}
