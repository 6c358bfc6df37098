//! The one place where errors become HTTP: RFC 9457 problems with a stable `code`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{ErrorKind, Explained, Phrase, RateLimit, phrase};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::phrase::PhraseView;
use crate::rate_limit;

/// Why a request was not served, for programs (`code`) and for people (`detail`, `hint`).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:smartsecurity:problem:<code>`
    pub r#type: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
    /// What `detail` says. It can be finer than `code`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail_phrase: Option<PhraseView>,
    /// Stable and `snake_case`; programs decide by it.
    pub code: String,
    /// What to do next, when there is something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint_phrase: Option<PhraseView>,
    /// The fields that were wrong, when we can tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// Seconds; it becomes the header of that name.
    #[serde(skip)]
    pub retry_after: Option<u64>,
    /// The limit that was reached, when it is a 429.
    #[serde(skip)]
    pub limit: Option<RateLimit>,
    /// Whose credentials are asked for, when it is a 401.
    #[serde(skip)]
    pub challenge: Challenge,
}

/// Who is to prove themselves, and how they can: the header `WWW-Authenticate`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Challenge {
    #[default]
    Person,
    Device,
}

impl Challenge {
    const fn schemes(self) -> &'static [&'static str] {
        match self {
            Self::Person => &["Bearer"],
            Self::Device => &["Basic realm=\"device\", charset=\"UTF-8\"", "Bearer realm=\"device\""],
        }
    }
}

/// What is wrong with one field of the request.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FieldProblem {
    pub field: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_phrase: Option<PhraseView>,
}

impl Problem {
    #[must_use]
    pub fn new(status: StatusCode, code: &str, detail: &Phrase) -> Self {
        Self {
            r#type: format!("urn:smartsecurity:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: detail.to_string(),
            detail_phrase: PhraseView::of(detail),
            code: code.to_owned(),
            hint: None,
            hint_phrase: None,
            errors: Vec::new(),
            retry_after: None,
            limit: None,
            challenge: Challenge::default(),
        }
    }

    #[must_use]
    pub fn hint(mut self, hint: &Phrase) -> Self {
        (self.hint, self.hint_phrase) = (Some(hint.to_string()), PhraseView::of(hint));
        self
    }

    #[must_use]
    pub fn field(mut self, field: impl Into<String>, message: &Phrase) -> Self {
        self.errors.push(FieldProblem {
            field: field.into(),
            message: message.to_string(),
            message_phrase: PhraseView::of(message),
        });
        self
    }

    #[must_use]
    pub fn invalid(code: &str, detail: &Phrase) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    #[must_use]
    pub fn not_found(code: &str, detail: &Phrase) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    #[must_use]
    pub fn unauthenticated(detail: &Phrase) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail).hint(&phrase!(
            "sign_in_over_http",
            "Sign in at POST /api/v1/auth/login and send the header `Authorization: Bearer <access_token>`.",
        ))
    }

    #[must_use]
    pub fn denied(denied: &model::Denied) -> Self {
        Self::new(StatusCode::FORBIDDEN, "permission_denied", &denied.phrase())
    }
}

const fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Denied => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::Limited => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

const fn in_seconds(time: std::time::Duration) -> u64 {
    time.as_secs() + if time.subsec_nanos() > 0 { 1 } else { 0 }
}

impl<E: Explained> From<E> for Problem {
    fn from(error: E) -> Self {
        let kind = error.kind();
        if kind == ErrorKind::Internal {
            tracing::error!(error = %error, code = error.code(), "a request failed by our own fault");
            return Self::new(
                status_of(kind),
                error.code(),
                &phrase!(
                    "internal",
                    "Something went wrong on our side. What was sent before is kept; the log tells more under the request id of this answer's x-request-id header.",
                ),
            );
        }
        let detail = error.phrase();
        let mut problem = Self::new(status_of(kind), error.code(), &detail);
        if let Some(hint) = error.hint() {
            problem = problem.hint(&hint);
        }
        // Rounded up: who comes back a moment too early is refused again.
        problem.retry_after = error.retry_after().map(|after| in_seconds(after).max(1));
        problem.limit = error.limit();
        match error.field() {
            Some(field) => problem.field(field, &detail),
            None => problem,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match status {
            StatusCode::UNAUTHORIZED => {
                for scheme in self.challenge.schemes() {
                    headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
                }
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                let seconds = self.retry_after.unwrap_or(5);
                headers.insert(header::RETRY_AFTER, seconds.into());
                if let Some(limit) = self.limit {
                    rate_limit::explain(headers, limit, seconds);
                }
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE if self.code == "encoding_unsupported" => {
                headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
            }
            _ => {}
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the password of the store is hunter2")]
    struct Leaky;

    impl Explained for Leaky {
        fn kind(&self) -> ErrorKind {
            ErrorKind::Internal
        }

        fn code(&self) -> &'static str {
            "internal"
        }

        fn phrase(&self) -> Phrase {
            Phrase::plain(self.to_string())
        }
    }

    #[test]
    fn an_internal_error_does_not_tell_its_detail() {
        let problem = Problem::from(Leaky);
        assert_eq!(problem.status, 500);
        assert!(!problem.detail.contains("hunter2"));
    }

    #[test]
    fn what_a_sentence_says_stands_beside_it() {
        let problem = Problem::denied(&model::Denied {
            role: "viewer".to_owned(),
            permission: model::Permission::ManageRules,
        });
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(json["code"], "permission_denied");
        assert_eq!(json["detail_phrase"]["code"], "permission_denied");
        assert_eq!(json["detail_phrase"]["params"]["deed"]["code"], "deed_manage_rules");
        assert!(json.get("hint_phrase").is_none());
    }
}
