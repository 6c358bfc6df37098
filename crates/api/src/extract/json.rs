//! A JSON body, read strictly: what it refuses it explains with field, line and column.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::BytesMut;
use futures::StreamExt;
use model::{Phrase, phrase};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// In: a checked body. Out: a JSON answer.
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        require_json(&request)?;
        parse(&read_body(request).await?).map(Self)
    }
}

/// A body that may be missing altogether, or null.
pub struct MaybeJson<T>(pub Option<T>);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for MaybeJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let kind = require_json(&request);
        let body = read_body(request).await?;
        if body.is_empty() {
            return Ok(Self(None));
        }
        kind?;
        parse(&body).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// How large a body may be, in bytes; the router puts it into every request.
#[derive(Clone, Copy)]
pub struct BodyLimit(pub usize);

/// The limit of a router that says none.
const UNSAID: usize = 1024 * 1024;

/// How much of a body beyond its limit is read and thrown away: a client that is still sending when we answer and
/// close would see a broken connection instead of the reason.
const THROWN_AWAY: usize = 16 * 1024 * 1024;

/// The whole body, or the problem that it is too large or broke off.
pub async fn read_body(request: Request) -> Result<Bytes, Problem> {
    require_plain(&request)?;
    let limit = request.extensions().get::<BodyLimit>().map_or(UNSAID, |limit| limit.0);
    let mut chunks = request.into_body().into_data_stream();
    let mut body = BytesMut::new();
    let mut received = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "body_unreadable",
                &phrase!("body_unreadable", "The body could not be read to its end."),
            )
        })?;
        received = received.saturating_add(chunk.len());
        if received <= limit {
            body.extend_from_slice(&chunk);
        } else if received > limit.saturating_add(THROWN_AWAY) {
            break;
        }
    }
    if received <= limit {
        return Ok(body.freeze());
    }
    let detail = phrase!(
        "body_too_large",
        "The body is larger than the {most} bytes that a request may have.",
        most = limit,
    );
    Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", &detail)
        .hint(&phrase!("body_too_large_hint", "Send less at once, in several requests.")))
}

/// A compressed body would be read as garbage, and one that grows without end when it is unpacked costs us more than its
/// sender.
fn require_plain(request: &Request) -> Result<(), Problem> {
    let encodings = request.headers().get_all(header::CONTENT_ENCODING);
    let is_plain = |value: &HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity");
    let Some(other) = encodings.iter().find(|value| !is_plain(value)) else { return Ok(()) };
    let detail = phrase!(
        "encoding_unsupported",
        "The content encoding \"{encoding}\" is not one that this server reads.",
        encoding = String::from_utf8_lossy(other.as_bytes()).into_owned(),
    );
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "encoding_unsupported", &detail).hint(&phrase!(
        "encoding_unsupported_hint",
        "Send the body as it is, without `Content-Encoding`: only `identity` is read.",
    )))
}

fn require_json(request: &Request) -> Result<(), Problem> {
    let kind =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") || essence.to_ascii_lowercase().ends_with("+json") {
        return Ok(());
    }
    let detail = if kind.is_empty() {
        phrase!("content_type_missing", "The request has no content type.")
    } else {
        phrase!(
            "content_type_unsupported",
            "The content type \"{kind}\" is not one that this route reads.",
            kind = kind,
        )
    };
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type_unsupported", &detail)
        .hint(&phrase!("send_json", "Send the header `Content-Type: application/json`.")))
}

/// Reads the text of a JSON object into `T`. Every body of ours is one; serde alone would also fill a structure from an
/// array, in the order of fields that nobody has promised.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if body.trim_ascii_start().first() == Some(&b'[') {
        let detail = phrase!("body_is_array", "The body is a JSON array; this route reads an object.");
        return Err(Problem::invalid("invalid_body", &detail));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        refuse(error.inner(), path)
    })?;
    reader.end().map_err(|error| refuse(&error, ".".to_owned()))?;
    Ok(value)
}

fn refuse(error: &serde_json::Error, path: String) -> Problem {
    if error.is_syntax() || error.is_eof() {
        return Problem::new(
            StatusCode::BAD_REQUEST,
            "malformed_json",
            &phrase!("body_not_json", "The body is not JSON: {error}.", error = error.to_string()),
        );
    }
    let error = error.to_string();
    let detail = if path == "." {
        phrase!("invalid_body", "The body does not fit: {error}.", error = error.as_str())
    } else {
        phrase!(
            "invalid_body_at",
            "The body does not fit: {path}: {error}.",
            path = path.as_str(),
            error = error.as_str(),
        )
    };
    Problem::invalid("invalid_body", &detail).field(path, &Phrase::plain(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its reading is tested")]
    struct Door {
        name: String,
        open: Option<bool>,
    }

    #[test]
    fn an_unknown_field_is_named() {
        let problem = parse::<Door>(br#"{"name":"a","opne":true}"#).unwrap_err();
        assert_eq!(problem.status, 422);
        assert!(
            problem.detail.contains("unknown field `opne`, expected `name` or `open`"),
            "{}",
            problem.detail
        );
    }

    #[test]
    fn a_syntax_error_has_its_line_and_column() {
        let problem = parse::<Door>(b"{\n \"name\": nope}").unwrap_err();
        assert_eq!((problem.status, problem.code.as_str()), (400, "malformed_json"));
        assert!(problem.detail.contains("line 2 column"), "{}", problem.detail);
    }

    #[test]
    fn a_wrong_type_names_the_field() {
        let problem = parse::<Door>(br#"{"name":"a","open":"yes"}"#).unwrap_err();
        assert_eq!(problem.errors[0].field, "open");
    }

    #[test]
    fn an_array_is_no_object() {
        for body in [&b"[]"[..], br#" ["a", true]"#] {
            let problem = parse::<Door>(body).unwrap_err();
            assert_eq!((problem.status, problem.code.as_str()), (422, "invalid_body"));
        }
    }

    #[test]
    fn text_after_the_value_is_refused() {
        assert_eq!(parse::<Door>(br#"{"name":"a"} x"#).unwrap_err().status, 400);
    }
}
