//! The part of a URL after `?`, read strictly.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use model::phrase;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                let text = rejection.body_text();
                let reason = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
                let detail =
                    phrase!("invalid_query", "The part after `?` does not fit: {error}.", error = reason);
                Err(Problem::invalid("invalid_query", &detail))
            }
        }
    }
}
