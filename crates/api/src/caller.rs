//! Who sends a request: read from its credentials once, before any route runs.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use model::{Scope, SessionId, phrase};

use crate::problem::Problem;
use crate::state::Api;

/// A signed-in person whose permission for this route has been checked.
#[derive(Clone, Debug)]
pub struct Caller {
    pub scope: Scope,
    pub session: SessionId,
}

/// What the request's credentials were worth.
#[derive(Clone, Debug)]
pub enum Proof {
    Given(Caller),
    Wrong(Box<Problem>),
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            Problem::unauthenticated(&phrase!("needs_a_person", "This needs a signed-in person."))
        })
    }
}

/// Middleware: turns a person's access token into a [`Proof`] for the guards of the routes.
pub async fn recognise(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    if let Some(token) = bearer(request.headers()) {
        let proof = match api.identity.authenticate(token).await {
            Ok(session) => Proof::Given(Caller { scope: session.scope(), session: session.session }),
            Err(error) => Proof::Wrong(Box::new(Problem::from(error))),
        };
        request.extensions_mut().insert(proof);
    }
    next.run(request).await
}

/// The access token of a header, or of the WebSocket subprotocol that stands in for it: a browser cannot set headers
/// on a WebSocket, and a token in the address would end up in logs.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    header.or_else(|| {
        let protocols = headers.get(SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
        protocols.split(',').find_map(|protocol| protocol.trim().strip_prefix("bearer."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_in_a_header_or_as_a_subprotocol() {
        let mut headers = HeaderMap::new();
        assert_eq!(bearer(&headers), None);
        headers.insert(SEC_WEBSOCKET_PROTOCOL, "smartsecurity.v1, bearer.abc".parse().unwrap());
        assert_eq!(bearer(&headers), Some("abc"));
        headers.insert(AUTHORIZATION, "bearer xyz".parse().unwrap());
        assert_eq!(bearer(&headers), Some("xyz"));
        headers.insert(AUTHORIZATION, "Basic eDp5".parse().unwrap());
        assert_eq!(bearer(&headers), Some("abc"));
    }
}
