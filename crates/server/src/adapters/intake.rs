//! Hands what devices publish to ingest.

use broker::{Client, Denied, Inbound, Intake, Outcome, RefusedReason, Unavailable};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use ingest::{Ingest, Message, Source, Verdict};
use model::ProblemCode;

pub struct IngestIntake {
    pub ingest: Ingest,
}

pub fn source(client: &Client) -> Source {
    Source { tenant: client.tenant, device: client.device, profile: client.profile.clone() }
}

impl Intake for IngestIntake {
    fn take(
        &self,
        client: &Client,
        messages: Vec<Inbound>,
    ) -> BoxFuture<'static, Result<Vec<Outcome>, Unavailable>> {
        let messages = messages
            .into_iter()
            .map(|message| Message {
                topic: message.topic,
                payload: message.payload,
                identity: message.packet_id.map(|packet_id| ingest::Identity {
                    packet_id,
                    dup: message.dup,
                    connection: message.connection,
                }),
            })
            .collect();
        // The call itself appends: the journal's order is the order of calls.
        let verdicts = self.ingest.accept(&source(client), messages);
        async move {
            let verdicts = verdicts.await.map_err(|error| Unavailable { detail: error.to_string() })?;
            Ok(verdicts.into_iter().map(outcome).collect())
        }
        .boxed()
    }

    fn refuse(&self, client: &Client, messages: Vec<Denied>) -> BoxFuture<'static, Result<(), Unavailable>> {
        let source = source(client);
        let reports: Vec<_> = messages
            .into_iter()
            .map(|Denied { message, explanation }| {
                self.ingest.report(
                    &source,
                    ProblemCode::UnknownTopic,
                    &message.topic,
                    &explanation,
                    &message.payload,
                )
            })
            .collect();
        async move {
            for report in reports {
                report.await.map_err(|error| Unavailable { detail: error.to_string() })?;
            }
            Ok(())
        }
        .boxed()
    }
}

fn outcome(verdict: Verdict) -> Outcome {
    match verdict {
        Verdict::Accepted { .. } => Outcome::Accepted,
        Verdict::Retransmitted => Outcome::Retransmitted,
        Verdict::Refused { code, explanation } => {
            Outcome::Refused { reason: reason(code), explanation: explanation.to_string() }
        }
    }
}

const fn reason(code: ProblemCode) -> RefusedReason {
    match code {
        ProblemCode::UnknownTopic => RefusedReason::TopicUnknown,
        ProblemCode::NotAllowed | ProblemCode::WrongPassword => RefusedReason::NotAllowed,
        ProblemCode::TooLarge => RefusedReason::TooLarge,
        _ => RefusedReason::PayloadInvalid,
    }
}
