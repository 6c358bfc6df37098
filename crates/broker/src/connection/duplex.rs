//! A byte stream with buffers that exist only while they hold something.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncWriteExt, ReadBuf};

use crate::Transport;

/// The most that is read, and so batched, at once.
const READ_BYTES: usize = 64 * 1024;
/// With more than this unsent, the client is slow: nothing more is read from it or queued for it.
const WRITE_BYTES: usize = 64 * 1024;
/// How long and how much we listen to a client that we closed on, so that it can read our last words: a socket closed
/// with unread data resets the connection and throws them away.
const LINGER: Duration = Duration::from_millis(1000);
const LINGER_BYTES: usize = 4 * 1024 * 1024;

thread_local! {
    /// Reads go here first: a connection that waits for bytes then needs no buffer of its own.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
}

pub(crate) struct Duplex<S> {
    stream: S,
    pub input: BytesMut,
    pub output: BytesMut,
    /// Something was written that the stream may still hold back.
    unflushed: bool,
}

impl<S: Transport> Duplex<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, input: BytesMut::new(), output: BytesMut::new(), unflushed: false }
    }

    pub(crate) fn is_congested(&self) -> bool {
        self.output.len() >= WRITE_BYTES
    }

    /// Reads what is there and appends it to the input. Zero is the end of the stream.
    pub(crate) fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        SCRATCH.with_borrow_mut(|scratch| {
            let mut buffer = ReadBuf::new(scratch);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
            self.input.extend_from_slice(buffer.filled());
            Poll::Ready(Ok(buffer.filled().len()))
        })
    }

    /// Writes the output as far as the stream takes it.
    pub(crate) fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.output.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.output))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.output.advance(written);
            self.unflushed = true;
        }
        if self.unflushed {
            ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
            self.unflushed = false;
        }
        self.release();
        Poll::Ready(Ok(()))
    }

    /// Gives the memory of empty buffers back.
    pub(crate) fn release(&mut self) {
        if self.input.is_empty() && self.input.capacity() > 0 {
            self.input = BytesMut::new();
        }
        if self.output.is_empty() && self.output.capacity() > 0 {
            self.output = BytesMut::new();
        }
    }

    /// Waits for more input.
    pub(crate) async fn fill(&mut self) -> io::Result<usize> {
        std::future::poll_fn(|cx| self.poll_fill(cx)).await
    }

    /// Says the last words and closes. Whatever goes wrong here, the connection is over anyway.
    pub(crate) async fn close(mut self) {
        let farewell = async {
            std::future::poll_fn(|cx| self.poll_drain(cx)).await?;
            self.stream.shutdown().await?;
            let mut left = LINGER_BYTES;
            loop {
                self.input.clear();
                match self.fill().await? {
                    0 => return Ok(()),
                    read if read >= left => return Ok(()),
                    read => left -= read,
                }
            }
        };
        let result: Result<io::Result<()>, _> = tokio::time::timeout(LINGER, farewell).await;
        drop(result);
    }
}
