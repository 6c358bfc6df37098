//! The device that sends a request, recognised by its own credentials.

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use devices::{Authentication, Identity};
use model::{Phrase, ProblemCode, phrase};

use crate::problem::Problem;
use crate::state::Api;

/// A device whose credentials were right.
pub struct Sender(pub Identity);

impl FromRequestParts<Api> for Sender {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Self::Rejection> {
        let header =
            parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(absent)?;
        let (scheme, value) = header.split_once(' ').ok_or_else(absent)?;
        let verdict = if scheme.eq_ignore_ascii_case("bearer") {
            api.devices.authenticate_token(value.trim().as_bytes())
        } else if scheme.eq_ignore_ascii_case("basic") {
            let bytes = STANDARD.decode(value.trim()).map_err(|_| absent())?;
            let text = String::from_utf8(bytes).map_err(|_| absent())?;
            let (username, password) = text.split_once(':').unwrap_or((text.as_str(), ""));
            api.devices
                .authenticate(username, Some(password.as_bytes()).filter(|password| !password.is_empty()))
        } else {
            return Err(absent());
        };
        let explanation = verdict.explanation();
        match verdict {
            Authentication::Known(device) => Ok(Self(device)),
            Authentication::WrongPassword { of } => {
                let report = api.ingest.report(
                    &super::send::source(&of),
                    ProblemCode::WrongPassword,
                    parts.uri.path(),
                    &explanation,
                    &Bytes::new(),
                );
                if let Err(error) = report.await {
                    tracing::warn!(%error, device.id = %of.device, "a wrong password could not be recorded");
                }
                Err(refused(&explanation))
            }
            Authentication::Unknown => {
                tracing::info!("a device with credentials that nobody has was refused over HTTP");
                Err(refused(&explanation))
            }
        }
    }
}

fn absent() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "device_unauthenticated",
        &phrase!("device_unauthenticated", "This needs a device's credentials."),
    )
    .hint(&phrase!(
        "device_unauthenticated_hint",
        "Send its username and password as HTTP Basic, or its password alone as Bearer token.",
    ))
}

fn refused(explanation: &Phrase) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "device_credentials_wrong", explanation)
}
