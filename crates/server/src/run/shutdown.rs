//! The signals that end the server cleanly.

use tokio::signal::unix::{SignalKind, signal as listen};

/// Resolves with the signal's name.
pub async fn signal() -> &'static str {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (listen(SignalKind::terminate()), listen(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be received; end the process by other means");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    }
}
