//! Notices when a client has been silent for one and a half times its keep-alive.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

pub(crate) struct KeepAlive {
    limit: Duration,
    heard: Instant,
    /// Moved only when it fires, not with every packet.
    timer: Pin<Box<Sleep>>,
}

impl KeepAlive {
    pub(crate) fn new(keep_alive: Duration) -> Self {
        let limit = keep_alive + keep_alive / 2;
        Self { limit, heard: Instant::now(), timer: Box::pin(tokio::time::sleep(limit)) }
    }

    pub(crate) fn heard(&mut self) {
        self.heard = Instant::now();
    }

    /// Ready with the time allowed, once the client has been silent for longer. While we ourselves do not listen,
    /// silence proves nothing.
    pub(crate) fn poll_silent(&mut self, cx: &mut Context<'_>, listening: bool) -> Poll<Duration> {
        while self.timer.as_mut().poll(cx).is_ready() {
            if !listening {
                self.heard();
            }
            let deadline = self.heard + self.limit;
            if deadline <= Instant::now() {
                return Poll::Ready(self.limit);
            }
            self.timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    #[tokio::test]
    async fn only_silence_while_we_listen_counts() {
        let start = Instant::now();
        let mut keep_alive = KeepAlive::new(Duration::from_millis(20));
        let deaf = poll_fn(|cx| keep_alive.poll_silent(cx, false));
        assert!(tokio::time::timeout(Duration::from_millis(100), deaf).await.is_err());
        keep_alive.heard();
        let heard = start.elapsed();
        let limit = poll_fn(|cx| keep_alive.poll_silent(cx, true)).await;
        assert_eq!(limit, Duration::from_millis(30));
        assert!(start.elapsed() >= heard + limit);
    }
}
