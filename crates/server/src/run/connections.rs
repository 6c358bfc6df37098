//! Serves HTTP connections: so many at a time, each with limited patience, and all to their end when the server stops.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, Response, StatusCode};
use futures::future::BoxFuture;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::pace::{Pace, PacedStream, Patience};

/// How long accepting rests when the system has no more descriptors.
const REST: Duration = Duration::from_millis(100);
/// How often it is said that all places are taken.
const SAY_EVERY: Duration = Duration::from_secs(60);

/// The places of a listener's connections. Cloning shares them.
#[derive(Clone)]
pub struct Places {
    free: Arc<Semaphore>,
    most: usize,
}

impl Places {
    pub fn new(most: usize) -> Self {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        Self { free: Arc::new(Semaphore::new(most)), most }
    }

    pub fn taken(&self) -> usize {
        self.most.saturating_sub(self.free.available_permits())
    }

    /// Waits for a place; those who connect meanwhile wait in the system's queue.
    async fn take(&self, said: &mut Option<Instant>) -> Option<OwnedSemaphorePermit> {
        if self.free.available_permits() == 0 && said.is_none_or(|said| said.elapsed() >= SAY_EVERY) {
            *said = Some(Instant::now());
            tracing::warn!(most = self.most, "all HTTP connections are taken; new ones wait until one ends");
        }
        self.free.clone().acquire_owned().await.ok()
    }
}

/// Serves until `stopping`, then finishes what is under way.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    places: Places,
    patience: Patience,
    stopping: CancellationToken,
) -> std::io::Result<()> {
    let connections = TaskTracker::new();
    let mut said = None;
    loop {
        let accepting = async {
            let place = places.take(&mut said).await?;
            Some((listener.accept().await, place))
        };
        let accepted = tokio::select! {
            accepted = accepting => accepted,
            () = stopping.cancelled() => break,
        };
        match accepted {
            Some((Ok((stream, peer)), place)) => {
                // Answers are small and must not wait for company; without the option they are only later.
                drop(stream.set_nodelay(true));
                let pace = Pace::new(patience);
                let answers = Answers { router: TowerToHyperService::new(router.clone()), peer, pace };
                connections.spawn(connection(stream, place, answers, stopping.clone()));
            }
            Some((Err(error), _)) => {
                tracing::warn!(%error, "an HTTP connection could not be accepted");
                tokio::time::sleep(REST).await;
            }
            None => break,
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
    Ok(())
}

async fn connection(
    stream: TcpStream,
    place: OwnedSemaphorePermit,
    answers: Answers,
    stopping: CancellationToken,
) {
    let peer = answers.peer;
    let stream = TokioIo::new(PacedStream::new(stream, answers.pace.clone(), place));
    let mut serving = pin!(http1::Builder::new().serve_connection(stream, answers).with_upgrades());
    let served = tokio::select! {
        served = serving.as_mut() => served,
        () = stopping.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%peer, %error, "an HTTP connection ended early");
    }
}

/// Answers the requests of one connection, and keeps its pace.
struct Answers {
    router: TowerToHyperService<Router>,
    peer: SocketAddr,
    pace: Arc<Pace>,
}

impl Service<Request<Incoming>> for Answers {
    type Response = Response<Answer>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        self.pace.requested();
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let answering = self.router.call(request);
        let end = End(self.pace.clone());
        Box::pin(async move {
            let response = answering.await?;
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                end.0.upgraded();
            }
            Ok(response.map(|body| Answer { body, _end: end }))
        })
    }
}

/// An answer's body, whose end begins the wait for the next request.
struct Answer {
    body: Body,
    _end: End,
}

struct End(Arc<Pace>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.answered();
    }
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
