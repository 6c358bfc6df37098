//! From the first byte to the CONNACK.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use model::phrase;
use tokio::time::timeout;
use uuid::Uuid;

use super::aliases::Aliases;
use super::duplex::Duplex;
use super::keep_alive::KeepAlive;
use super::pipeline::Pipeline;
use super::turn::{Connection, Place};
use super::will;
use crate::hub::Hub;
use crate::session::SessionKey;
use crate::wire::{
    Accepted, Connect, DisconnectReason, Fault, Frame, Outgoing, Refused, UNKNOWN_LEVEL, Version, Wire,
};
use crate::wire::{scan, version_of};
use crate::{Client, ConnectionInfo, Hello, Protocol, RefusalCode, Transport};

/// Longer client ids would be a burden in every index and log line.
const MAX_CLIENT_ID: usize = 256;

/// A client that is turned down, with what it is told.
struct TurnedDown {
    refused: Refused,
    explanation: String,
}

impl TurnedDown {
    fn new(refused: Refused, explanation: impl Into<String>) -> Self {
        Self { refused, explanation: explanation.into() }
    }

    fn gate(code: RefusalCode, explanation: impl Into<String>) -> Self {
        Self::new(Refused::Gate(code), explanation)
    }
}

/// The first packet, and the wire that it speaks.
struct First {
    wire: Wire,
    connect: Connect,
}

/// Makes a connection of a stream, or answers why not.
pub(crate) async fn shake_hands<S: Transport>(
    hub: Arc<Hub>,
    stream: S,
    peer: SocketAddr,
    full: bool,
) -> Option<Box<Connection<S>>> {
    let mut duplex = Duplex::new(stream);
    let first = tokio::select! {
        first = timeout(hub.config.connect_timeout, first_packet(&mut duplex, hub.config.max_packet_bytes)) => first,
        () = hub.stop.cancelled() => return None,
    };
    let First { mut wire, connect } = match first {
        Ok(Some(first)) => first,
        Ok(None) => {
            hub.counters.connections_refused.fetch_add(1, Ordering::Relaxed);
            duplex.close().await;
            return None;
        }
        // Nothing to say to somebody who says nothing.
        Err(_) => {
            hub.counters.connections_refused.fetch_add(1, Ordering::Relaxed);
            return None;
        }
    };
    wire.negotiate(connect.terse, connect.max_packet);
    let answer = if full {
        Err(TurnedDown::gate(RefusalCode::ServerBusy, "this server has as many connections as it can serve"))
    } else {
        welcome(&hub, connect, wire.protocol(), peer).await
    };
    match answer {
        Ok(Welcome { accepted, guest }) => {
            let sent = wire.encode(Outgoing::Accepted(accepted), &mut duplex.output);
            let mut connection = Box::new(guest.seated(duplex, wire));
            if sent.is_ok() {
                return Some(connection);
            }
            // Without its CONNACK the client would wait for ever, and before it nothing else may be sent.
            connection.wire.negotiate(true, Some(0));
            let too_small = phrase!(
                "mqtt_maximum_packet_size",
                "its Maximum Packet Size leaves no room for the CONNACK",
            );
            connection.finish(Fault::new(DisconnectReason::PacketTooLarge, too_small).into()).await;
            None
        }
        Err(TurnedDown { refused, explanation }) => {
            tracing::debug!(%peer, ?refused, explanation, "MQTT connection refused");
            hub.counters.connections_refused.fetch_add(1, Ordering::Relaxed);
            wire.refuse(refused, &explanation, &mut duplex.output);
            duplex.close().await;
            None
        }
    }
}

/// Reads the CONNECT. Without one, the answer (if the standard has any) is in the output.
async fn first_packet<S: Transport>(duplex: &mut Duplex<S>, limit: u32) -> Option<First> {
    loop {
        match scan(&duplex.input, limit) {
            Frame::Partial if duplex.fill().await.ok()? > 0 => {}
            Frame::Whole(_) => break,
            Frame::TooLarge(size) => {
                if version_of(&duplex.input) == Version::V5 {
                    let explanation = format!("CONNECT has {size} bytes; this server takes {limit}");
                    Wire::new(Protocol::V5).refuse(Refused::TooLarge, &explanation, &mut duplex.output);
                }
                return None;
            }
            Frame::Partial | Frame::Malformed => return None,
        }
        // Whatever is not MQTT need not send a whole packet of it.
        if duplex.input.len() >= 16 && version_of(&duplex.input) == Version::NotMqtt {
            return None;
        }
    }
    let mut wire = match version_of(&duplex.input) {
        Version::V311 => Wire::new(Protocol::V311),
        Version::V5 => Wire::new(Protocol::V5),
        Version::UnknownLevel => {
            duplex.output.extend_from_slice(&UNKNOWN_LEVEL);
            return None;
        }
        Version::NotMqtt => return None,
    };
    match wire.decode_connect(&mut duplex.input) {
        Ok(connect) => Some(First { wire, connect }),
        Err(error) => {
            wire.refuse(error.refused, &error.explanation, &mut duplex.output);
            None
        }
    }
}

struct Welcome {
    accepted: Accepted,
    guest: Guest,
}

/// Everything of a connection but its stream.
struct Guest {
    hub: Arc<Hub>,
    client: Client,
    place: Place,
    keep_alive: Option<KeepAlive>,
    window: usize,
    will: Option<Box<will::Testament>>,
}

impl Guest {
    fn seated<S: Transport>(self, duplex: Duplex<S>, wire: Wire) -> Connection<S> {
        Connection {
            number: self.hub.number_connection(),
            hub: self.hub,
            client: self.client,
            place: self.place,
            duplex,
            wire,
            pipeline: Pipeline::default(),
            aliases: Aliases::default(),
            unacked: 0,
            keep_alive: self.keep_alive,
            window: self.window,
            will: self.will,
        }
    }
}

async fn welcome(
    hub: &Arc<Hub>,
    mut connect: Connect,
    protocol: Protocol,
    peer: SocketAddr,
) -> Result<Welcome, TurnedDown> {
    if connect.enhanced_auth {
        return Err(TurnedDown::new(
            Refused::Authentication,
            "connect with the username and password of the device; this server has no other authentication method",
        ));
    }
    if connect.client_id.len() > MAX_CLIENT_ID {
        return Err(TurnedDown::new(Refused::ClientId, "the client id is longer than 256 bytes"));
    }
    if let Some(will) = &connect.will {
        will::check(will, protocol).map_err(|(refused, why)| TurnedDown::new(refused, why))?;
    }
    let assigned: Option<Arc<str>> =
        connect.client_id.is_empty().then(|| format!("auto-{}", Uuid::now_v7().simple()).into());
    let client_id = assigned.clone().unwrap_or_else(|| (&*connect.client_id).into());
    let mut hello = connect.hello(client_id, protocol, peer);
    let revocations = hub.revocations.count();
    let client = admit(hub, &hello).await?;
    let place = take_place(hub, &client, &hello).await?;

    let expiry = Duration::from_secs(connect.session_expiry.into()).min(hub.config.session_expiry_max);
    let link = ConnectionInfo {
        client_id: hello.client_id.clone(),
        protocol,
        address: peer,
        since: hub.clock.now(),
    };
    let (present, rewrite_first) = {
        let mut state = place.session.state();
        let present = state.attach(link, connect.clean_start, expiry, hub.clock.now());
        (present, state.stored_received)
    };
    if hub.revocations.count() != revocations
        && let Err(refused) = admit_again(hub, &hello, &client).await
    {
        place.session.state().detach(hub.clock.now());
        return Err(refused);
    }
    // The gatekeeper was the last one to need it.
    hello.password = None;
    if rewrite_first {
        // From now on the stored packet ids would be stale (see `session::image`): gone before the first message.
        if let Err(error) = hub.saver.saved(&place.session).await {
            place.session.state().detach(hub.clock.now());
            tracing::debug!(%error, "a session could not be saved before its client is let in");
            return Err(TurnedDown::gate(
                RefusalCode::Unavailable,
                "your session cannot be saved right now; try again soon",
            ));
        }
    } else if !expiry.is_zero() || place.session.state().stored {
        hub.saver.save(&place.session);
    }
    hub.watcher.connected(&client, &hello);
    tracing::debug!(
        tenant.id = %client.tenant, device.id = %client.device, %peer, protocol = protocol.as_str(),
        "device connected"
    );

    let (keep_alive, server_keep_alive) = grant_keep_alive(hub, connect.keep_alive, protocol);
    let accepted = Accepted {
        session_present: present,
        session_expiry: seconds_if_changed(expiry, connect.session_expiry),
        receive_maximum: hub.config.receive_maximum,
        max_packet: hub.config.max_packet_bytes,
        assigned_client_id: assigned,
        topic_alias_maximum: hub.config.topic_alias_maximum,
        server_keep_alive,
    };
    let window = connect.receive_maximum.unwrap_or(u16::MAX).min(hub.config.outbound_window).max(1);
    let will = connect.will.take().and_then(|will| will::accept(hub, &client, will));
    Ok(Welcome {
        accepted,
        guest: Guest {
            hub: hub.clone(),
            client,
            place,
            keep_alive: keep_alive.map(KeepAlive::new),
            window: usize::from(window),
            will,
        },
    })
}

async fn admit(hub: &Hub, hello: &Hello) -> Result<Client, TurnedDown> {
    let busy =
        || TurnedDown::gate(RefusalCode::ServerBusy, "too many clients are connecting; try again soon");
    let ask = async {
        let _permit = hub.handshakes.acquire().await.map_err(|_| busy())?;
        hub.gatekeeper
            .admit(hello)
            .await
            .map_err(|refusal| TurnedDown::gate(refusal.code, refusal.explanation.text()))
    };
    timeout(hub.config.connect_timeout, ask).await.unwrap_or_else(|_| Err(busy()))
}

/// Somebody's connections were ended by order while this one was being set up, and before it could be seen: what it was
/// admitted with may not be valid any more.
async fn admit_again(hub: &Hub, hello: &Hello, before: &Client) -> Result<(), TurnedDown> {
    let now = admit(hub, hello).await?;
    if now == *before {
        return Ok(());
    }
    let changed = "this device was changed while you were connecting; connect again";
    Err(TurnedDown::gate(RefusalCode::ServerBusy, changed))
}

/// Finds the client's session and waits until whoever sits there has left.
async fn take_place(hub: &Arc<Hub>, client: &Client, hello: &Hello) -> Result<Place, TurnedDown> {
    let key = SessionKey { tenant: client.tenant, device: client.device, client_id: hello.client_id.clone() };
    let limit = hub.config.max_sessions_per_device;
    let claim = hub.registry.claim(&key, limit).map_err(|_| {
        TurnedDown::new(
            Refused::QuotaExceeded,
            format!("this device has {limit} connections already; end one of them, or give each program its own device"),
        )
    })?;
    if let Some(evicted) = &claim.evicted {
        hub.saver.save(evicted);
    }
    let mut place = Place::new(hub.clone(), claim.session, claim.ticket);
    let patience = hub.config.drain_timeout + Duration::from_secs(1);
    let seat = timeout(patience, place.session.clone().sit()).await.map_err(|_| {
        TurnedDown::gate(
            RefusalCode::ServerBusy,
            "the last messages of your previous connection are still being stored",
        )
    })?;
    if !place.is_newest() {
        return Err(TurnedDown::gate(
            RefusalCode::ServerBusy,
            "another connection with the same client id came in the meantime",
        ));
    }
    if hub.stop.is_cancelled() {
        return Err(TurnedDown::gate(RefusalCode::Unavailable, "the server is shutting down"));
    }
    place.seat = Some(seat);
    Ok(place)
}

/// The keep-alive to watch, and what to tell an MQTT 5 client if it is not what it asked for.
fn grant_keep_alive(hub: &Hub, asked: u16, protocol: Protocol) -> (Option<Duration>, Option<u16>) {
    let asked_for = (asked > 0).then(|| Duration::from_secs(asked.into()));
    let maximum = hub.config.keep_alive_max;
    match (protocol, asked_for) {
        (Protocol::V311, asked_for) => (asked_for, None),
        (Protocol::V5, Some(asked_for)) if asked_for <= maximum => (Some(asked_for), None),
        (Protocol::V5, _) => (Some(maximum), u16::try_from(maximum.as_secs()).ok()),
    }
}

fn seconds_if_changed(granted: Duration, asked: u32) -> Option<u32> {
    let granted = u32::try_from(granted.as_secs()).unwrap_or(u32::MAX);
    (granted != asked).then_some(granted)
}
