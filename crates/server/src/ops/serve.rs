//! The listener of its own for health and metrics.

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::routing::get;

use super::health::Readiness;

/// The routes for operators. `metrics` writes the figures of the moment.
pub fn router(readiness: Readiness, metrics: Arc<dyn Fn() -> String + Send + Sync>) -> Router {
    let figures = move || {
        let text = metrics();
        async move { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text) }
    };
    health(readiness).route("/metrics", get(figures))
}

/// The two that the public listener has as well, for load balancers.
pub fn health(readiness: Readiness) -> Router {
    let ready = move || {
        let readiness = readiness.clone();
        async move { readiness.answer().await }
    };
    Router::new().route("/healthz", get(|| async { "alive\n" })).route("/readyz", get(ready))
}
