//! Takes notices to their channels, one after another, and notes what came of each.

use std::sync::Arc;
use std::time::Duration;

use model::{
    ChannelId, Clock, DeviceId, IncidentId, Phrase, RuleId, Scope, Severity, SystemScope, Timestamp, phrase,
};
use reqwest::Client;
use store::Store;
use store::channels::Channel;
use store::incidents::Incident;
use store::notices::Notice;
use tokio::time::Instant;
use uuid::Uuid;

use super::finding::Found;
use super::smtp::Mailer;
use super::wording::Story;
use super::{Failure, Language, NoticeKind, backoff, email, no_mail_server, webhook};
use crate::error::RespondError;

/// A delivery that takes longer is given to another worker.
const LEASE: Duration = Duration::from_secs(120);
/// A turn ends when a delivery took longer, so that others get the place.
const SLOW: Duration = Duration::from_secs(2);

pub struct Courier {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub mailer: Option<Mailer>,
    pub client: Client,
    pub public_url: Option<String>,
}

/// What came of a channel's turn.
pub struct Turn {
    pub channel: ChannelId,
    /// How many deliveries were tried.
    pub tried: usize,
    /// None failed that is tried again, and none was slow.
    pub well: bool,
    /// The store was out of reach.
    pub broken: Option<RespondError>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Another worker was faster.
    Elsewhere,
    /// Sent, or given up.
    Finished,
    Postponed,
}

impl Courier {
    /// Delivers these to their channel, until all were tried or the channel fails or is slow: then the others wait in the
    /// store.
    pub async fn deliver(&self, channel: ChannelId, notices: Vec<Notice>) -> Turn {
        let mut turn = Turn { channel, tried: 0, well: true, broken: None };
        for notice in notices {
            let begun = Instant::now();
            match self.handle(&notice).await {
                Ok(Outcome::Elsewhere) => continue,
                Ok(outcome) => {
                    turn.tried += 1;
                    turn.well = outcome == Outcome::Finished && begun.elapsed() < SLOW;
                }
                Err(error) => {
                    turn.well = false;
                    turn.broken = Some(error);
                }
            }
            if !turn.well {
                break;
            }
        }
        turn
    }

    async fn handle(&self, notice: &Notice) -> Result<Outcome, RespondError> {
        let scope = SystemScope::because("notices are delivered").within(notice.tenant);
        if !store::notices::claim(&self.store, &scope, notice, self.clock.now().plus(LEASE)).await? {
            return Ok(Outcome::Elsewhere);
        }
        let channel = store::channels::find(&self.store, &scope, notice.channel).await?;
        let sent = if channel.enabled {
            self.tell(&scope, &channel, notice).await?
        } else {
            Err(Failure::permanent(phrase!(
                "channel_off",
                "the channel was switched off before this was sent",
            )))
        };
        let now = self.clock.now();
        let attempts = notice.attempts + 1;
        let Err(failure) = sent else {
            store::notices::finish(&self.store, &scope, notice.id, None, now).await?;
            return Ok(Outcome::Finished);
        };
        tracing::warn!(
            tenant.id = %notice.tenant, incident.id = %notice.incident, channel.id = %notice.channel,
            attempts, "a notice was not delivered"
        );
        let why = String::from(failure.detail);
        if failure.permanent || attempts >= backoff::MOST_ATTEMPTS {
            store::notices::finish(&self.store, &scope, notice.id, Some(&why), now).await?;
            return Ok(Outcome::Finished);
        }
        let next = now.plus(backoff::pause(attempts, failure.retry_after));
        store::notices::postpone(&self.store, &scope, notice.id, &why, next).await?;
        Ok(Outcome::Postponed)
    }

    async fn tell(
        &self,
        scope: &Scope,
        channel: &Channel,
        notice: &Notice,
    ) -> Result<Result<Phrase, Failure>, RespondError> {
        let kind = NoticeKind::parse(&notice.kind);
        let incident = store::incidents::find(&self.store, scope, notice.incident).await?;
        let incident = as_it_was(incident, kind, notice);
        let found = store::incidents::newest_finding(&self.store, scope, notice.incident).await?;
        let found = found.map(|row| Found { title: row.title, evidence: row.evidence });
        let what = (&incident, found.as_ref());
        Ok(self.send(channel, what, (kind, notice.created_at), notice.id).await)
    }

    /// Sends a message that says it is a test, and returns what the other side answered.
    pub async fn send_test(&self, channel: &Channel) -> Result<Phrase, Failure> {
        let now = self.clock.now();
        self.send(channel, (&nothing(now), None), (NoticeKind::Test, now), Uuid::now_v7()).await
    }

    async fn send(
        &self,
        channel: &Channel,
        (incident, found): (&Incident, Option<&Found>),
        (kind, at): (NoticeKind, Timestamp),
        id: Uuid,
    ) -> Result<Phrase, Failure> {
        let link = match (&self.public_url, kind) {
            (_, NoticeKind::Test) | (None, _) => None,
            (Some(url), _) => Some(format!("{url}/incidents/{}", incident.id)),
        };
        let language = Language::parse(&channel.language);
        let story = Story { kind, at, language, incident, found, link: link.as_deref() };
        if channel.kind == "webhook" {
            let id = format!("msg_{}", id.simple());
            return webhook::deliver(&self.client, channel, &id, &story, self.clock.now()).await;
        }
        let Some(mailer) = &self.mailer else { return Err(Failure::permanent(no_mail_server())) };
        let message = email::compose(&mailer.from, &channel.target, &id.to_string(), &story)?;
        mailer.send(message).await
    }
}

/// The incident when the notice was made: a late one must not tell of what came after.
fn as_it_was(incident: Incident, kind: NoticeKind, notice: &Notice) -> Incident {
    let at = notice.created_at;
    let acknowledged_at = match kind {
        NoticeKind::Opened | NoticeKind::Reopened => None,
        _ => incident.acknowledged_at.filter(|acknowledged| *acknowledged <= at),
    };
    let (status, resolved_at) = match kind {
        NoticeKind::Resolved => ("resolved", Some(at)),
        _ if acknowledged_at.is_some() => ("acknowledged", None),
        _ => ("open", None),
    };
    let (severity, status) = (notice.severity, status.to_owned());
    Incident { severity, status, acknowledged_at, resolved_at, ..incident }
}

/// What a test tells about.
fn nothing(now: Timestamp) -> Incident {
    Incident {
        id: IncidentId(Uuid::nil()),
        number: 0,
        rule: RuleId(Uuid::nil()),
        rule_name: String::new(),
        device: DeviceId(Uuid::nil()),
        device_name: None,
        title: String::new(),
        severity: Severity::Informational,
        status: "open".to_owned(),
        assignee: None,
        assignee_name: None,
        findings: 0,
        opened_at: now,
        last_finding_at: now,
        acknowledged_at: None,
        resolved_at: None,
    }
}
