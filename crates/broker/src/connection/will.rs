//! A client's last will: published in its name when it ends without saying goodbye.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use model::{ProblemCode, phrase};

use super::inbound::{self, decide};
use crate::hub::Hub;
use crate::session::{Session, Ticket};
use crate::wire::{Refused, Will};
use crate::{Client, Decision, Inbound, Protocol, Violation, check_topic};

/// A will that we accepted.
pub(crate) struct Testament {
    pub message: Inbound,
    pub delay: Duration,
}

/// What no client may leave with us.
pub(crate) fn check(will: &Will, protocol: Protocol) -> Result<(), (Refused, String)> {
    check_topic(&will.topic).map_err(|error| (Refused::WillTopic, format!("the will's topic: {error}")))?;
    if will.retain && protocol == Protocol::V5 {
        return Err((Refused::WillRetain, inbound::no_retain().to_string()));
    }
    Ok(())
}

/// Keeps the will if its topic is allowed now. Otherwise the client may still connect; the device's operator sees why
/// the will is missing.
pub(crate) fn accept(hub: &Hub, client: &Client, will: Will) -> Option<Box<Testament>> {
    let delay = Duration::from_secs(will.delay.into());
    let message = Inbound {
        topic: (&*will.topic).into(),
        payload: will.payload,
        qos: will.qos,
        packet_id: None,
        connection: NonZeroU32::MIN,
        dup: false,
        retain: will.retain,
        user_properties: inbound::owned(will.user_properties),
    };
    match decide(hub, client, &message.topic) {
        Decision::Allow => Some(Box::new(Testament { message, delay })),
        Decision::Deny { explanation } => {
            hub.watcher.violated(
                client,
                &Violation {
                    code: ProblemCode::NotAllowed,
                    topic: message.topic.to_string(),
                    detail: phrase!(
                        "will_dropped",
                        "the will message was dropped: {explanation}",
                        explanation = explanation,
                    ),
                },
            );
            None
        }
    }
}

/// Publishes the will, after its delay, unless the client comes back before that.
pub(crate) fn execute(
    hub: &Arc<Hub>,
    client: Client,
    session: Arc<Session>,
    ticket: Ticket,
    will: Testament,
) {
    let delay = will.delay.min(session.state().expiry);
    let hub = hub.clone();
    let tasks = hub.tasks.clone();
    tasks.spawn(async move {
        if !delay.is_zero() {
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                () = hub.stop.cancelled() => {}
            }
            if !session.is_newest(ticket) {
                return;
            }
        }
        if let Err(error) = hub.intake.take(&client, vec![will.message]).await {
            tracing::warn!(
                tenant.id = %client.tenant, device.id = %client.device, %error, "a will message was lost"
            );
        }
    });
}
