//! A body taken as it is.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};

use super::json::read_body;
use crate::problem::Problem;

pub struct Body(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        read_body(request).await.map(Self)
    }
}
