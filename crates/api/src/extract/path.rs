//! The variable parts of a URL. An id that is not one can only be an object that does not exist.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use model::phrase;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(Problem::not_found(
                "not_found",
                &phrase!(
                    "address_unknown",
                    "Nothing has this address: {error}.",
                    error = rejection.body_text(),
                ),
            )
            .hint(&phrase!("address_unknown_hint", "Ids are UUIDs, as the lists of this API give them."))),
        }
    }
}
