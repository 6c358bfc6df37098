//! The TCP listeners for people and operators. The broker has its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use model::phrase;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;

use super::connections::{Places, serve};
use super::domains::Domains;
use super::pace::Patience;
use crate::cli::Failure;
use crate::config::Config;
use crate::{console, ops};

pub struct Listeners {
    http: TcpListener,
    ops: TcpListener,
    places: Places,
}

/// Those who ask for health and metrics are few.
const OPS_CONNECTIONS: usize = 256;

impl Listeners {
    pub async fn bind(config: &Config) -> Result<Self, Failure> {
        Ok(Self {
            http: bind("http", config.http.listen).await?,
            ops: bind("ops", config.ops.listen).await?,
            places: Places::new(config.http.max_connections),
        })
    }

    /// The places of those who use console and API.
    pub fn places(&self) -> Places {
        self.places.clone()
    }

    /// Where people reach us: the port may have been left to the system.
    pub fn http_address(&self) -> std::io::Result<SocketAddr> {
        self.http.local_addr()
    }

    /// Serves until `stopping`, then finishes what is under way.
    pub fn serve(
        self,
        config: &Config,
        domains: &Domains,
        stopping: &CancellationToken,
    ) -> JoinSet<std::io::Result<()>> {
        let mut serving = JoinSet::new();
        let figures = Arc::clone(&domains.figures);
        let ops = ops::router(domains.readiness.clone(), Arc::new(move || figures.metrics()));
        let patience = patience(config);
        serving.spawn(serve(self.http, public(config, domains), self.places, patience, stopping.clone()));
        serving.spawn(serve(self.ops, ops, Places::new(OPS_CONNECTIONS), patience, stopping.clone()));
        serving
    }
}

fn public(config: &Config, domains: &Domains) -> Router {
    let timeout = Duration::from_secs(config.http.request_timeout_seconds);
    api::router(domains.api.clone())
        .merge(ops::health_routes(domains.readiness.clone()))
        .fallback(console::serve)
        .layer(middleware::from_fn(move |request, next| in_time(timeout, request, next)))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(console::secure))
}

/// An answer within `limit`, or the problem that there was none.
async fn in_time(limit: Duration, request: Request, next: Next) -> Response {
    let late = |_| {
        let detail = phrase!(
            "request_timeout",
            "The answer took longer than {limit_s} and was given up.",
            limit_s = limit,
        );
        api::Problem::new(StatusCode::GATEWAY_TIMEOUT, "request_timeout", &detail)
            .hint(&phrase!(
                "request_timeout_hint",
                "Ask for less at once, or try again when the server is less busy.",
            ))
            .into_response()
    };
    tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(late)
}

const fn patience(config: &Config) -> Patience {
    Patience {
        head: Duration::from_secs(config.http.head_timeout_seconds),
        idle: Duration::from_secs(config.http.idle_timeout_seconds),
        stall: Duration::from_secs(config.http.stall_timeout_seconds),
    }
}

async fn bind(section: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let name = section.to_ascii_uppercase();
        format!(
            "cannot listen on {address}: {error}. Another program may use this port; choose one with [{section}] listen \
             or SMARTSECURITY_{name}__LISTEN."
        )
        .into()
    })
}
