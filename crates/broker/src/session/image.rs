//! A session as bytes for the store: a version and a postcard body.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use model::Timestamp;
use serde::{Deserialize, Serialize};

use super::outbox::{InFlight, Message, Outbox};
use super::state::{State, Subscription};
use crate::QoS;

const VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
struct Image {
    subscriptions: Vec<(String, QoS, Option<u32>)>,
    received: Vec<u16>,
    queue: Vec<Saved>,
    in_flight: Vec<(u16, Option<Saved>)>,
    last_id: u16,
    expiry_seconds: u64,
    away_since: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    topic: String,
    payload: Bytes,
    qos: QoS,
    identifiers: Vec<u32>,
}

impl From<&Message> for Saved {
    fn from(message: &Message) -> Self {
        Self {
            topic: message.topic.to_string(),
            payload: message.payload.clone(),
            qos: message.qos,
            identifiers: message.identifiers.clone(),
        }
    }
}

impl From<Saved> for Message {
    fn from(saved: Saved) -> Self {
        Self {
            topic: saved.topic.into(),
            payload: saved.payload,
            qos: saved.qos,
            identifiers: saved.identifiers,
        }
    }
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ImageError {
    #[error("it is of version {0}, which this binary does not know; it was written by a newer one")]
    UnknownVersion(u8),
    #[error("it is damaged")]
    Damaged,
}

/// The session's image, or nothing when it does not outlive its connection.
///
/// While a client is connected, its received packet ids change with every message, and a stale one would make us take
/// a new message for an old one. So they are only part of images of sessions whose client is away.
pub(crate) fn draw(state: &mut State) -> Option<Bytes> {
    let lives = state.resumable && !state.expiry.is_zero();
    state.stored = lives;
    state.stored_received = lives && state.link.is_none() && !state.received.is_empty();
    if !lives {
        return None;
    }
    let away = state.link.is_none();
    let image = Image {
        subscriptions: state
            .subscriptions
            .iter()
            .map(|subscription| (subscription.filter.to_string(), subscription.qos, subscription.identifier))
            .collect(),
        received: if away { state.received.iter().copied().collect() } else { Vec::new() },
        queue: state.outbox.waiting().map(Saved::from).collect(),
        in_flight: state
            .outbox
            .in_flight()
            .map(|sent| (sent.id, sent.message.as_ref().map(Saved::from)))
            .collect(),
        last_id: state.outbox.last_id(),
        expiry_seconds: state.expiry.as_secs(),
        away_since: away.then(|| state.away_since.as_micros()),
    };
    postcard::to_extend(&image, vec![VERSION]).ok().map(Bytes::from)
}

/// Reads an image back. A client that was connected when it was drawn counts as away since `now`.
pub(crate) fn restore(bytes: &[u8], now: Timestamp) -> Result<State, ImageError> {
    let image: Image = match bytes.split_first() {
        Some((&VERSION, body)) => postcard::from_bytes(body).map_err(|_| ImageError::Damaged)?,
        Some((&version, _)) => return Err(ImageError::UnknownVersion(version)),
        None => return Err(ImageError::Damaged),
    };
    let received: BTreeSet<u16> = image.received.into_iter().collect();
    Ok(State {
        subscriptions: image
            .subscriptions
            .into_iter()
            .map(|(filter, qos, identifier)| Subscription { filter: filter.into(), qos, identifier })
            .collect(),
        outbox: Outbox::restored(
            image.queue.into_iter().map(Message::from).collect(),
            image
                .in_flight
                .into_iter()
                .map(|(id, saved)| InFlight { id, message: saved.map(Message::from) })
                .collect(),
            image.last_id,
        ),
        expiry: Duration::from_secs(image.expiry_seconds),
        resumable: true,
        away_since: image.away_since.map_or(now, Timestamp::from_micros),
        stored: true,
        stored_received: !received.is_empty(),
        received,
        ..State::default()
    })
}

#[cfg(test)]
mod tests {
    use super::super::outbox::Limits;
    use super::*;

    fn state() -> State {
        let mut state = State { resumable: true, expiry: Duration::from_secs(60), ..State::default() };
        state.received.insert(7);
        let subscription =
            Subscription { filter: "commands/#".into(), qos: QoS::ExactlyOnce, identifier: Some(3) };
        assert!(state.subscribe(subscription, 9));
        for topic in ["commands/1", "commands/2"] {
            let message = Message {
                topic: topic.into(),
                payload: Bytes::from_static(b"{}"),
                qos: QoS::ExactlyOnce,
                identifiers: Vec::new(),
            };
            state.offer(&message, &Limits { messages: 9, bytes: 900 });
        }
        state.outbox.next(1);
        state
    }

    #[test]
    fn a_session_survives_its_image() {
        let mut state = state();
        state.away_since = Timestamp::from_millis(5);
        let image = draw(&mut state).unwrap();
        let back = restore(&image, Timestamp::from_millis(99)).unwrap();
        assert_eq!(back.subscriptions, state.subscriptions);
        assert_eq!(back.received, state.received);
        assert!(back.outbox.waiting().eq(state.outbox.waiting()));
        assert!(back.outbox.in_flight().eq(state.outbox.in_flight()));
        assert_eq!((back.expiry, back.away_since), (state.expiry, state.away_since));
        assert!(back.resumable && back.stored && back.stored_received);
    }

    #[test]
    fn images_of_short_lived_or_damaged_sessions_are_none() {
        let mut state = state();
        state.expiry = Duration::ZERO;
        assert_eq!(draw(&mut state), None);
        assert_eq!(restore(&[], Timestamp::EPOCH).err(), Some(ImageError::Damaged));
        assert_eq!(restore(&[9, 1, 2], Timestamp::EPOCH).err(), Some(ImageError::UnknownVersion(9)));
        assert_eq!(restore(&[1, 0xff, 0xff], Timestamp::EPOCH).err(), Some(ImageError::Damaged));
    }
}
