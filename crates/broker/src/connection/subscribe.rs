//! SUBSCRIBE and UNSUBSCRIBE.

use bytestring::ByteString;
use futures::FutureExt;
use model::{Phrase, ProblemCode, phrase};

use super::inbound::server_topics;
use super::pipeline::{Answer, Step};
use super::turn::Connection;
use crate::session::Subscription;
use crate::wire::{Filter, GrantReason, RemoveReason};
use crate::{Decision, Transport, Violation, check_filter};

/// A filter that is not granted.
struct NotGranted {
    reason: GrantReason,
    explanation: Phrase,
}

impl<S: Transport> Connection<S> {
    pub(super) fn subscribe(&mut self, id: u16, identifier: Option<u32>, filters: &[Filter]) {
        let mut explanation = None;
        let mut changed = false;
        let reasons = filters
            .iter()
            .map(|wanted| match self.grant(wanted, identifier) {
                Ok(reason) => {
                    changed = true;
                    reason
                }
                Err(not_granted) => {
                    self.report(&wanted.filter, &not_granted.explanation);
                    explanation.get_or_insert(not_granted.explanation.to_string());
                    not_granted.reason
                }
            })
            .collect();
        self.answer(changed, Answer::Subscribed { id, reasons, explanation });
    }

    fn grant(&self, wanted: &Filter, identifier: Option<u32>) -> Result<GrantReason, NotGranted> {
        let filter = &*wanted.filter;
        let refuse = |reason, explanation: Phrase| Err(NotGranted { reason, explanation });
        if let Err(error) = check_filter(filter) {
            return refuse(GrantReason::FilterInvalid, error.phrase());
        }
        if filter.starts_with("$share/") {
            return refuse(
                GrantReason::SharedNotSupported,
                phrase!(
                    "mqtt_shared_subscription",
                    "this server has no shared subscriptions: every connection of a device receives its commands",
                ),
            );
        }
        if filter.starts_with('$') {
            return refuse(GrantReason::NotAuthorized, server_topics());
        }
        if let Decision::Deny { explanation } = self.hub.gatekeeper.may_subscribe(&self.client, filter) {
            return refuse(GrantReason::NotAuthorized, explanation);
        }
        let subscription = Subscription { filter: filter.into(), qos: wanted.qos, identifier };
        let limit = self.hub.config.max_subscriptions_per_session;
        if !self.place.session.state().subscribe(subscription, limit) {
            return refuse(
                GrantReason::QuotaExceeded,
                phrase!(
                    "mqtt_subscriptions",
                    "a session can have {most} subscriptions; use a wildcard such as commands/#",
                    most = limit,
                ),
            );
        }
        Ok(GrantReason::Granted(wanted.qos))
    }

    fn report(&self, filter: &str, explanation: &Phrase) {
        self.hub.watcher.violated(
            &self.client,
            &Violation {
                code: ProblemCode::NotAllowed,
                topic: filter.to_owned(),
                detail: phrase!(
                    "subscription_refused",
                    "a subscription was refused: {explanation}",
                    explanation = explanation.clone(),
                ),
            },
        );
    }

    pub(super) fn unsubscribe(&mut self, id: u16, filters: &[ByteString]) {
        let mut changed = false;
        let reasons = filters
            .iter()
            .map(|filter| {
                if check_filter(filter).is_err() {
                    RemoveReason::FilterInvalid
                } else if self.place.session.state().unsubscribe(filter) {
                    changed = true;
                    RemoveReason::Removed
                } else {
                    RemoveReason::NotThere
                }
            })
            .collect();
        self.answer(changed, Answer::Unsubscribed { id, reasons });
    }

    /// A session that outlives its connection answers once the change is stored, like everything that we acknowledge.
    /// If it cannot be stored, the connection ends without an answer, and the client asks again.
    fn answer(&mut self, changed: bool, answer: Answer) {
        let session = &self.place.session;
        let stored = changed && !session.state().expiry.is_zero();
        let saved = stored.then(|| self.hub.saver.saved(session).boxed());
        self.pipeline.push(Step::Answer { saved, answer });
    }
}
