//! The seam under MQTT: any ordered byte stream. Plain TCP is one; TLS and WebSocket streams are others, opened by
//! whoever listens for them and handed over with `Broker::attach`.

use tokio::io::{AsyncRead, AsyncWrite};

/// A byte stream that MQTT can run over.
pub trait Transport: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Transport for T {}
