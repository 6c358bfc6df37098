//! Carries frames to one client until it leaves, its session ends or the server stops.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use futures::stream::{SplitSink, SplitStream, StreamExt as _};
use futures::{FutureExt as _, SinkExt as _};
use model::{Phrase, phrase};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::follow::Follower;
use super::frame::Frame;
use crate::caller::Caller;
use crate::phrase::PhraseView;
use crate::state::Api;

/// How often a quiet connection is shown to be alive, and its session looked at.
const PULSE: Duration = Duration::from_secs(5);
const PING_AFTER: Duration = Duration::from_secs(20);
/// A client that takes nothing for this long is gone.
const STALLED_AFTER: Duration = Duration::from_secs(60);

type Outgoing = SplitSink<WebSocket, Message>;

pub async fn run(socket: WebSocket, mut follower: Follower, api: Api, caller: Caller) {
    let (mut to, mut from) = socket.split();
    let ending = tokio::select! {
        ending = speak(&mut to, &mut follower, &api, &caller) => ending,
        () = listen(&mut from) => None,
    };
    if let Some(reason) = ending {
        let end = Frame::End {
            cursor: follower.cursor(),
            reason: reason.to_string(),
            reason_phrase: PhraseView::of(&reason),
        };
        let _ = send(&mut to, &end).await;
        let close = CloseFrame { code: close_code::POLICY, reason: reason.text().into() };
        let _ = timeout(Duration::from_secs(2), to.send(Message::Close(Some(close)))).await;
    }
}

/// Sends what there is. Ends with a reason to tell the client, or without one when it has left.
async fn speak(to: &mut Outgoing, follower: &mut Follower, api: &Api, caller: &Caller) -> Option<Phrase> {
    let mut pulse = interval(PULSE);
    pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last_sent = Instant::now();
    send(to, &Frame::Hello { cursor: follower.cursor() }).await?;
    loop {
        if api.stopping.is_cancelled() {
            return Some(phrase!(
                "stream_stopping",
                "the server is stopping; connect again and go on from your cursor",
            ));
        }
        if pulse.tick().now_or_never().is_some()
            && !api.identity.is_alive(&caller.scope, caller.session).await
        {
            return Some(phrase!("stream_session_ended", "your session has ended; sign in again"));
        }
        match follower.next().await {
            Ok(frames) => {
                for frame in frames {
                    send(to, &frame).await?;
                    last_sent = Instant::now();
                }
            }
            Err(error) => {
                tracing::error!(%error, "a live stream cannot read the journal");
                return Some(phrase!(
                    "stream_journal_unreadable",
                    "the journal cannot be read right now; connect again and go on from your cursor",
                ));
            }
        }
        if !follower.at_end() {
            continue;
        }
        if last_sent.elapsed() >= PING_AFTER {
            send(to, &Frame::Ping { cursor: follower.cursor() }).await?;
            last_sent = Instant::now();
        }
        tokio::select! {
            () = follower.wait() => {}
            () = api.stopping.cancelled() => {}
            () = tokio::time::sleep(PULSE) => {}
        }
    }
}

/// None when the client is gone.
async fn send(to: &mut Outgoing, frame: &Frame) -> Option<()> {
    let text = serde_json::to_string(frame).ok()?;
    timeout(STALLED_AFTER, to.send(Message::Text(text.into()))).await.ok()?.ok()
}

/// Clients say nothing; what they send is read so that pings are answered and a close is seen.
async fn listen(from: &mut SplitStream<WebSocket>) {
    while let Some(Ok(message)) = from.next().await {
        if matches!(message, Message::Close(_)) {
            return;
        }
    }
}
