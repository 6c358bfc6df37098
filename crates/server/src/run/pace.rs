//! How long a client of the HTTP listeners may take: until it has said what it wants, between two requests, and to take
//! the answer. Whoever takes longer holds a place that somebody else could use, and loses it.
//!
//! The stream knows when bytes come, the service when a request is complete and when its answer ends; [`Pace`] is what
//! they share. A body has no limit of its own here: it is part of the request, which has one.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep_until};

/// The longest that each may last.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// From the first byte of a request, or from connecting, until its head is complete.
    pub head: Duration,
    /// Between an answer and the next request.
    pub idle: Duration,
    /// While the client takes nothing of what it asked for.
    pub stall: Duration,
}

#[derive(Clone, Copy)]
enum Phase {
    /// A request's head is on its way.
    Head { since: Instant },
    /// A request is being answered.
    Answering,
    /// Waiting for another request.
    Idle { since: Instant },
    /// It speaks another protocol now, which has its own ways to notice that the other side is gone.
    Upgraded,
}

/// Where one connection is.
pub struct Pace {
    patience: Patience,
    state: Mutex<State>,
}

struct State {
    phase: Phase,
    /// Reads without a limit until the phase changes.
    reader: Option<Waker>,
}

impl Pace {
    pub fn new(patience: Patience) -> Arc<Self> {
        let phase = Phase::Head { since: Instant::now() };
        Arc::new(Self { patience, state: Mutex::new(State { phase, reader: None }) })
    }

    /// Bytes came.
    fn heard(&self) {
        let mut state = self.state.lock();
        if matches!(state.phase, Phase::Idle { .. }) {
            state.phase = Phase::Head { since: Instant::now() };
        }
    }

    /// A request's head is complete.
    pub fn requested(&self) {
        self.state.lock().phase = Phase::Answering;
    }

    /// The answer has been handed over to its end, or given up.
    pub fn answered(&self) {
        let mut state = self.state.lock();
        if matches!(state.phase, Phase::Answering) {
            state.phase = Phase::Idle { since: Instant::now() };
            // Who began to read before has no timer yet.
            if let Some(reader) = state.reader.take() {
                reader.wake();
            }
        }
    }

    pub fn upgraded(&self) {
        self.state.lock().phase = Phase::Upgraded;
    }

    /// Until when `reader` may wait for bytes; without a limit it is woken when there is one.
    fn deadline(&self, reader: &Waker) -> Option<Instant> {
        let mut state = self.state.lock();
        match state.phase {
            Phase::Head { since } => Some(since + self.patience.head),
            Phase::Idle { since } => Some(since + self.patience.idle),
            Phase::Answering => {
                state.reader = Some(reader.clone());
                None
            }
            Phase::Upgraded => None,
        }
    }
}

/// A connection that breaks when its client takes too long. It holds its place among all connections, also after an
/// upgrade.
pub struct PacedStream {
    stream: TcpStream,
    pace: Arc<Pace>,
    reading: Alarm,
    writing: Alarm,
    _place: OwnedSemaphorePermit,
}

impl PacedStream {
    pub fn new(stream: TcpStream, pace: Arc<Pace>, place: OwnedSemaphorePermit) -> Self {
        Self { stream, pace, reading: Alarm::default(), writing: Alarm::default(), _place: place }
    }

    /// What a write that could not go on waits for: the client, but not for ever.
    fn poll_stalled(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let deadline = self.writing.deadline().unwrap_or_else(|| Instant::now() + self.pace.patience.stall);
        self.writing.poll(deadline, cx)
    }
}

impl AsyncRead for PacedStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut this.stream).poll_read(cx, buf) {
            if buf.filled().len() > before {
                this.pace.heard();
            }
            return Poll::Ready(read);
        }
        match this.pace.deadline(cx.waker()) {
            Some(deadline) => this.reading.poll(deadline, cx).map(Err),
            None => Poll::Pending,
        }
    }
}

impl AsyncWrite for PacedStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Poll::Ready(written) = Pin::new(&mut this.stream).poll_write(cx, buf) {
            this.writing.clear();
            return Poll::Ready(written);
        }
        this.poll_stalled(cx).map(Err)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Poll::Ready(written) = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs) {
            this.writing.clear();
            return Poll::Ready(written);
        }
        this.poll_stalled(cx).map(Err)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// A timer that is made when it is first needed.
#[derive(Default)]
struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    fn deadline(&self) -> Option<Instant> {
        self.0.as_ref().map(|sleep| sleep.deadline())
    }

    fn clear(&mut self) {
        self.0 = None;
    }

    /// Ready at the deadline.
    fn poll(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<io::Error> {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() != deadline {
            sleep.as_mut().reset(deadline);
        }
        ready!(sleep.as_mut().poll(cx));
        Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, "the client took too long"))
    }
}
